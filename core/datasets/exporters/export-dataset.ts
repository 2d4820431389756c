import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { syncFolder } from '../../base/atomic-file.ts';
import { mapOrdered } from '../../base/map-ordered.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { StudioError } from '../../base/studio-error.ts';
import { encodePng } from '../pixels/decode.ts';
import { datasetCard } from './dataset-card.ts';
import { claimFolder } from './export-folder.ts';
import {
  checkPixels,
  exportRecordSchema,
  recordOf,
  type ExportHeader,
  type ExportRecord,
  type ExportSample,
  type ManifestEntry,
} from './export-sample.ts';
import { createPathGuard, imagePath } from './image-path.ts';
import { createImageStore, type ImageStore } from './image-store.ts';
import { createLabelSummary, type LabelSummary } from './label-format.ts';
import { labelFormats } from './label-formats.ts';
import {
  CARD_FILE,
  MANIFEST_FILE,
  MANIFEST_LINES_FILE,
  SCHEMA_FIELDS,
  WORK_FOLDER,
  labelFormatIds,
  type LabelFormatId,
  type Manifest,
  type SealedFile,
} from './manifest.ts';
import { stableJson } from './stable-json.ts';
import { createStagedFiles, moveInto, type StagedFiles } from './staged-files.ts';
import { createTextFile, readLines } from './text-file.ts';
import { throttled } from './throttle.ts';
import { walkFiles } from './walk-files.ts';

export interface ExportOptions {
  /** At least one. */
  readonly formats: readonly LabelFormatId[];
  readonly header: ExportHeader;
  /** How many samples will come, for progress; undefined where that is not known. */
  readonly total?: number | undefined;
  /**
   * 'refuse': only into a new or empty folder. 'resume': also into one with an earlier export of the same run, step
   * and settings, finished or not; images that are right already are kept.
   */
  readonly existing: 'refuse' | 'resume';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

export interface ExportSummary {
  /** Absolute. */
  readonly folder: string;
  readonly imageCount: number;
  readonly annotationCount: number;
  readonly trainCount: number;
  readonly testCount: number;
  /** Of `imageCount`, those that were there already. */
  readonly keptCount: number;
  readonly imageBytes: number;
  /** All other files but `manifest.json`, with their hashes. */
  readonly files: readonly SealedFile[];
  /** Seals everything: keep it elsewhere to prove that nothing was changed. */
  readonly manifestSha256: string;
  /**
   * Other files in the folder, relative to it: images of an earlier export whose selection was larger, or what
   * somebody put there. They are left alone; no label file names them, and `verifyExport` reports them.
   */
  readonly strayFiles: readonly string[];
}

/** Images being written while further ones are encoded. */
const CONCURRENCY = 16;

/**
 * Writes refined images and their labels into a folder: `images/<split>/<name>.png`, label files, a README, and a
 * manifest (see manifest.ts). The same samples, formats and header give the same bytes. Killed at any instant and called
 * again with 'resume' and the same samples, it completes to what an uninterrupted call writes: images are put into
 * place whole, everything else last, `manifest.json` at the very end.
 *
 * @throws StudioError 'busy' for a folder with other content, 'bad-input' for a sample that cannot be exported (or
 *   when there is none), 'storage' for a full disk, 'cancelled' when the signal fired; what is written is kept
 */
export async function exportDataset(
  folder: string,
  samples: AsyncIterable<ExportSample>,
  options: ExportOptions,
): Promise<ExportSummary> {
  const root = resolve(folder);
  const formats = labelFormatIds.filter((id) => options.formats.includes(id));
  if (formats.length === 0) {
    throw new StudioError('bad-usage', 'No format was named for the labels.', {
      remedy: `Name one or more of ${labelFormatIds.join(', ')}.`,
    });
  }
  const claimed = await claimFolder(root, { ...options, formats }, options.existing);
  const context: ExportContext = {
    ...options,
    ...claimed,
    root,
    formats,
    report: throttled(options.onProgress),
  };
  const store = createImageStore(root, claimed.workFolder, claimed.isResumed);
  const staged = createStagedFiles(root, claimed.workFolder);
  const counts = { images: 0, kept: 0, imageBytes: 0 };
  try {
    const summary = await writeImages(samples, context, store, counts);
    await writeLabels(context, staged, summary);
    return await seal(context, staged, summary, counts);
  } catch (error) {
    throw explainStop(error, context, counts.images);
  } finally {
    await staged.close();
  }
}

interface ExportContext extends ExportOptions {
  readonly root: string;
  readonly workFolder: string;
  readonly isResumed: boolean;
  readonly report: ProgressListener;
}

interface ImageCounts {
  images: number;
  kept: number;
  imageBytes: number;
}

/** In the work folder: a line for each image in place, from which label files and manifest are made. */
const recordsPath = (context: ExportContext): string => join(context.workFolder, 'records.jsonl');

async function writeImages(
  samples: AsyncIterable<ExportSample>,
  context: ExportContext,
  store: ImageStore,
  counts: ImageCounts,
): Promise<LabelSummary> {
  const { total, report, signal } = context;
  const guard = createPathGuard();
  const summary = createLabelSummary();
  const recordFile = await createTextFile(recordsPath(context), 'scratch');
  try {
    const records = mapOrdered(untilAborted(samples, signal), CONCURRENCY, async (sample) => {
      const path = imagePath(sample.split, sample.name);
      guard.claim(path);
      checkPixels(sample);
      const bytes = encodePng(sample);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const record = recordOf(sample, { path, sha256, bytes: bytes.length });
      const outcome = await store.put(path, bytes);
      counts.images += 1;
      counts.imageBytes += bytes.length;
      if (outcome === 'kept') counts.kept += 1;
      return record;
    });
    let done = 0;
    for await (const record of records) {
      summary.add(record);
      await recordFile.write(`${JSON.stringify(record)}\n`);
      report({ done: ++done, total, unit: 'images', label: 'Writing images' });
    }
    if (done === 0) throw await nothingToExport(context);
    await recordFile.finish();
    await store.flush();
  } finally {
    await recordFile.close();
  }
  return summary.summary();
}

async function writeLabels(
  context: ExportContext,
  staged: StagedFiles,
  summary: LabelSummary,
): Promise<void> {
  const { header, formats, report } = context;
  const total = summary.images.train + summary.images.test;
  const step = (done: number, label: string): void => report({ done, total, unit: 'images', label });
  for (const id of formats) {
    const { title, write } = labelFormats[id];
    await write({
      header,
      summary,
      records: () => readRecords(context, (done) => step(done, `Writing labels: ${title}`)),
      create: (path) => staged.create({ path, role: 'labels', format: id }),
    });
  }
  const manifest = await staged.create({ path: MANIFEST_LINES_FILE, role: 'images' });
  for await (const record of readRecords(context, (done) => step(done, 'Writing the manifest'))) {
    await manifest.write(`${JSON.stringify(manifestEntryOf(record))}\n`);
  }
  const card = await staged.create({ path: CARD_FILE, role: 'card' });
  await card.write(
    datasetCard(
      header,
      formats.map((id) => labelFormats[id]),
      summary,
    ),
  );
}

function manifestEntryOf({ path, sha256, bytes, id, source, change }: ExportRecord): ManifestEntry {
  return { path, sha256, bytes, id, source, change };
}

async function* readRecords(
  context: ExportContext,
  onRecord: (done: number) => void,
): AsyncGenerator<ExportRecord> {
  for await (const { line, number } of readLines(recordsPath(context), context.signal)) {
    yield exportRecordSchema.parse(JSON.parse(line));
    onRecord(number);
  }
}

/** Puts everything but the images into place, `manifest.json` last, and clears the work folder. */
async function seal(
  context: ExportContext,
  staged: StagedFiles,
  summary: LabelSummary,
  counts: ImageCounts,
): Promise<ExportSummary> {
  const { root, workFolder, header, formats } = context;
  const files = await staged.putInPlace();
  const strayFiles = context.isResumed ? await findStrays(context, files) : [];
  const { train, test } = summary.images;
  const annotationCount = Object.values(summary.annotations).reduce((sum, count) => sum + count, 0);
  const manifest: Manifest = {
    ...SCHEMA_FIELDS,
    header,
    formats: [...formats],
    counts: {
      images: counts.images,
      train,
      test,
      annotations: annotationCount,
      imageBytes: counts.imageBytes,
    },
    files,
  };
  const temporary = join(workFolder, MANIFEST_FILE);
  const file = await createTextFile(temporary, 'keep');
  try {
    await file.write(`${stableJson(manifest, 2)}\n`);
    const { sha256: manifestSha256 } = await file.finish();
    await moveInto(temporary, join(root, MANIFEST_FILE));
    await syncFolder(root);
    await rm(workFolder, { recursive: true });
    await syncFolder(root);
    return {
      folder: root,
      imageCount: counts.images,
      annotationCount,
      trainCount: train,
      testCount: test,
      keptCount: counts.kept,
      imageBytes: counts.imageBytes,
      files,
      manifestSha256,
      strayFiles,
    };
  } finally {
    await file.close();
  }
}

async function findStrays(context: ExportContext, files: readonly SealedFile[]): Promise<string[]> {
  const strays = new Set<string>();
  for await (const path of walkFiles(context.root, '', context.signal)) {
    if (!path.startsWith(`${WORK_FOLDER}/`)) strays.add(path);
  }
  strays.delete(MANIFEST_FILE);
  for (const { path } of files) strays.delete(path);
  for await (const { path } of readRecords(context, () => undefined)) strays.delete(path);
  return [...strays].sort();
}

async function* untilAborted<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  signal?.throwIfAborted();
  for await (const item of items) {
    yield item;
    signal?.throwIfAborted();
  }
}

async function nothingToExport({ root, workFolder }: ExportContext): Promise<StudioError> {
  await rm(workFolder, { recursive: true });
  return new StudioError('bad-input', `There is no image to export into ${root}.`, {
    remedy: 'Refine the run first, or widen what is selected.',
  });
}

/** A stop as words that say that nothing is lost; faults of the program and of the samples are given back unchanged. */
function explainStop(error: unknown, context: ExportContext, imagesInPlace: number): unknown {
  const { root, total, signal } = context;
  const count = total === undefined ? `${imagesInPlace} images` : `${imagesInPlace} of ${total} images`;
  const state = `Stopped after ${count}; all that is written in ${root} is kept.`;
  const details = { path: root, images: imagesInPlace };
  if (error instanceof StudioError && error.code === 'storage') {
    return new StudioError('storage', `${error.message} ${state}`, {
      remedy: `${error.remedy} Resume the export to write what is missing.`,
      details: { ...error.details, ...details },
      cause: error,
    });
  }
  if (!signal?.aborted) return error;
  return new StudioError('cancelled', state, {
    remedy: 'Resume the export to write the rest, or delete the folder.',
    details,
    cause: error,
  });
}
