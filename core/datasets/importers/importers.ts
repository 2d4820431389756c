import { StudioError } from '../../base/studio-error.ts';
import { categoryFolders } from './category-folders.ts';
import { isPicture, listFolder } from './folder.ts';
import type { DatasetRole, Detection, Importer } from './importer.ts';
import { nyuHand } from './nyu-hand.ts';
import { plainFolder } from './plain-folder.ts';
import { synthesEyes } from './syntheseyes.ts';
import { table } from './table.ts';
import { unityEyes } from './unityeyes.ts';

export type { DatasetRole, Importer, ImportItem, SkippedFile } from './importer.ts';

/** All formats that can be read. */
export const importers: readonly Importer[] = [
  plainFolder,
  categoryFolders,
  table,
  synthesEyes,
  unityEyes,
  nyuHand,
];

export interface DetectedFormat extends Detection {
  readonly importer: Importer;
}

/**
 * All formats, the likeliest first, each with what was seen; judged from the first 2,000 files.
 * @throws StudioError for a folder that is not there, may not be read, or holds no picture
 */
export async function detectFormat(
  folder: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<DetectedFormat[]> {
  const listing = await listFolder(folder, signal);
  if (listing.isComplete && !listing.paths.some(isPicture)) {
    const what =
      listing.paths.length === 0 ? 'is empty' : `holds ${listing.paths.length} files, but no image`;
    throw new StudioError('bad-input', `${folder} ${what}.`, {
      remedy: 'Give a folder with images: PNG, JPEG, WebP, TIFF or BMP, there or in its sub-folders.',
      details: { path: folder },
    });
  }
  const detected: DetectedFormat[] = [];
  for (const importer of importers) {
    detected.push({ importer, ...(await detectSafely(importer, folder, listing)) });
  }
  return detected.sort((left, right) => right.confidence - left.confidence);
}

/**
 * The importer to read a folder with: the named one, else the likeliest that reads sets of this role, and why.
 * @throws StudioError 'bad-usage' for an unknown name, 'bad-input' or 'not-found' for a folder that none can read
 */
export async function importerOf(
  folder: string,
  role: DatasetRole,
  format: string | undefined,
): Promise<{ readonly importer: Importer; readonly why: string }> {
  const known = importers.map(({ id }) => id).join(', ');
  if (format !== undefined) {
    const importer = importers.find(({ id }) => id === format);
    if (importer) return { importer, why: 'The format was named.' };
    throw new StudioError('bad-usage', `There is no format "${format}".`, {
      remedy: `Choose one of ${known}, or name none to have it recognised.`,
      details: { format },
    });
  }
  const detected = await detectFormat(folder);
  const best = detected.find(({ importer, confidence }) => importer.roles.includes(role) && confidence > 0);
  if (best) return best;
  const reasons = detected.map(({ importer, why }) => `\n  ${importer.id}: ${why}`).join('');
  throw new StudioError('bad-input', `${folder} fits no known format:${reasons}`, {
    remedy: `Name the format: ${known}.`,
    details: { path: folder },
  });
}

/** A broken table or label must not keep the other formats from being tried. */
async function detectSafely(importer: Importer, ...of: Parameters<Importer['detect']>): Promise<Detection> {
  try {
    return await importer.detect(...of);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { confidence: 0, why: error.message };
  }
}
