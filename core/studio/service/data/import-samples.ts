import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { StudioError } from '../../../base/studio-error.ts';
import type { SkipReason } from '../../../contract/skip-reason.ts';
import { checkLabels } from '../../../datasets/importers/inspect.ts';
import type { Importer, ImportItem, SkippedFile } from '../../../datasets/importers/importers.ts';
import type { DepthMaps } from '../../../contract/depth-maps.ts';
import { decodeImage, type DecodedImage } from '../../../datasets/pixels/decode.ts';
import { boxAround, proposeDepth, readDepth } from '../../../datasets/pixels/depth.ts';
import type { Box } from '../../../datasets/pixels/geometry.ts';
import type { Raster } from '../../../datasets/pixels/raster.ts';
import type { DatasetRole } from '../../../library/datasets.ts';

type ImportedImage = Extract<ImportItem, { kind: 'image' }>;

/** An image that could be imported, decoded. */
export interface SampleImage {
  readonly path: string;
  readonly annotations: ImportedImage['annotations'];
  readonly crop: Box | undefined;
  readonly decoded: DecodedImage;
}

export interface ImportSample {
  readonly name: string;
  readonly role: DatasetRole;
  readonly images: readonly SampleImage[];
  /** What depth maps they seem to be; undefined for pictures. */
  readonly depth: DepthMaps | undefined;
  readonly skipped: readonly SkippedFile[];
}

/** A few images of folders that may be imported, held for a while so that their pictures can be asked for. */
export interface ImportSamples {
  /** Looks at a folder; nothing is imported. */
  take(request: {
    readonly role: DatasetRole;
    readonly folder: string;
    readonly importer: Importer;
    readonly options: unknown;
    readonly count: number;
  }): Promise<ImportSample>;
  /** Throws `StudioError` ("not-found") where it is not held any more. */
  get(name: string): ImportSample;
}

/** Each holds decoded pictures: at most 48 of them. */
const HELD = 4;

/** A folder is looked at up to this many images: enough to spread a sample over most, soon enough for the rest. */
const MOST_SEEN = 5_000;

const MOST_SKIPPED = 200;

export function createImportSamples(): ImportSamples {
  const held = new Map<string, ImportSample>();
  return {
    async take({ role, folder, importer, options, count }) {
      const { seen, skipped } = await lookAround(importer, folder, options);
      const images: SampleImage[] = [];
      for (const item of spread(seen, count)) {
        const result = await decodeSample(folder, item);
        if ('reason' in result) skipped.push(result);
        else images.push(result);
      }
      const depth = proposeDepth(images.map(({ decoded }) => decoded));
      const sample = { name: randomUUID(), role, images, depth, skipped: skipped.slice(0, MOST_SKIPPED) };
      held.set(sample.name, sample);
      for (const oldest of [...held.keys()].slice(0, -HELD)) held.delete(oldest);
      return sample;
    },
    get(name) {
      const sample = held.get(name);
      if (sample) return sample;
      throw new StudioError('not-found', 'This look at a folder is no longer held.', {
        remedy: 'Look at the folder again.',
        details: { sample: name },
      });
    },
  };
}

/** A sample's picture as it would be imported: as a depth map where it is one, and the part that is used. */
export function readSample(
  { decoded, crop, path }: SampleImage,
  depth: DepthMaps | null,
  cropToDepth: boolean,
): { readonly raster: Raster; readonly crop: Box | undefined } {
  if (!depth) return { raster: decoded, crop };
  const raster = readDepth(decoded, depth, path);
  return { raster, crop: crop ?? (cropToDepth ? boxAround(raster, depth) : undefined) };
}

async function lookAround(
  importer: Importer,
  folder: string,
  options: unknown,
): Promise<{ seen: ImportedImage[]; skipped: SkippedFile[] }> {
  const seen: ImportedImage[] = [];
  const skipped: SkippedFile[] = [];
  for await (const item of importer.read(folder, options, new AbortController().signal)) {
    if (item.kind === 'image') seen.push(item);
    else if (skipped.length < MOST_SKIPPED) skipped.push(item);
    if (seen.length === MOST_SEEN) break;
  }
  return { seen, skipped };
}

/** What an axis check is there to find, and puts right. */
const ADJUSTABLE: ReadonlySet<SkipReason> = new Set([
  'label-outside-frame',
  'gaze-too-far',
  'impossible-label',
] as const);

async function decodeSample(folder: string, item: ImportedImage): Promise<SampleImage | SkippedFile> {
  try {
    const decoded = await decodeImage(join(folder, item.path), item.path);
    const checked = checkLabels(item, decoded);
    if (checked.kind === 'skipped' && !ADJUSTABLE.has(checked.reason)) return checked;
    return { path: item.path, annotations: item.annotations, crop: item.crop, decoded };
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { kind: 'skipped', path: item.path, reason: 'unreadable', message: error.message };
  }
}

function spread<Item>(items: readonly Item[], count: number): Item[] {
  const length = Math.min(items.length, count);
  return Array.from({ length }, (_, index) => items[Math.floor(((index + 0.5) * items.length) / length)]);
}
