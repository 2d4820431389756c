import { StudioError } from '../../base/studio-error.ts';
import type { Split } from './export-sample.ts';

/** Folder of the exported images. */
export const IMAGE_FOLDER = 'images';

const EXTENSION = '.png';

/** Longest file name that the common file systems take. */
const MAX_NAME_BYTES = 255;

/**
 * Path of an image inside an export: `images/<split>/<name>.png`, always with forward slashes.
 * @throws StudioError 'bad-input' for a name that would leave the folder or that a file system does not take
 */
export function imagePath(split: Split, name: string, platform: string = process.platform): string {
  const parts = `${name}${EXTENSION}`.split('/');
  for (const part of parts) {
    const fault = part === EXTENSION ? 'has an empty part' : faultOfPart(part, platform);
    if (fault !== undefined) throw badName(name, fault);
  }
  return `${IMAGE_FOLDER}/${split}/${parts.join('/')}`;
}

/** What is wrong with one part of a path, if anything: such a path must neither be written nor read. */
export function faultOfPart(part: string, platform: string = process.platform): string | undefined {
  if (part === '') return 'has an empty part';
  if (part === '.' || part === '..') return `leads out of its folder ("${part}")`;
  if (part.includes('\\')) return 'holds a backslash';
  if (hasControlCharacter(part)) return 'holds a control character';
  if (!part.isWellFormed()) return 'is not valid Unicode';
  if (Buffer.byteLength(part) > MAX_NAME_BYTES) return `has a part of more than ${MAX_NAME_BYTES} bytes`;
  // A colon would write into a hidden stream of another file; the others are refused by Windows, or dropped.
  if (platform === 'win32' && /[<>:"|?*]|[. ]$/.test(part)) return 'is not allowed on Windows';
  return undefined;
}

function hasControlCharacter(text: string): boolean {
  return Array.from(text).some((character) => character < ' ' || character === '\x7f');
}

/** Refuses the second of two images that would be one file, on this or on another computer. */
export interface PathGuard {
  /** @throws StudioError 'bad-input' where the path is taken, or is a folder of another path */
  claim(path: string): void;
}

/** Paths count as one where they differ only in case or in how an accent is composed, as on macOS and Windows. */
export function createPathGuard(): PathGuard {
  const files = new Set<string>();
  const folders = new Set<string>();
  return {
    claim(path) {
      const folded = path.normalize('NFC').toLowerCase();
      if (files.has(folded) || folders.has(folded)) {
        throw badName(path, 'stands for more than one image (capitals and accents do not count)');
      }
      files.add(folded);
      for (let end = folded.lastIndexOf('/'); end > 0; end = folded.lastIndexOf('/', end - 1)) {
        const folder = folded.slice(0, end);
        if (files.has(folder)) throw badName(path, 'needs a folder where another image is a file');
        if (folders.has(folder)) break;
        folders.add(folder);
      }
    },
  };
}

function badName(name: string, fault: string): StudioError {
  return new StudioError('bad-input', `The image name ${JSON.stringify(name)} ${fault}.`, {
    remedy: 'Rename the source image, or export with numbers for names.',
    details: { name },
  });
}
