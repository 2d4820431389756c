import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { messageOf, StudioError, systemCodeOf } from '../../base/studio-error.ts';
import { encodePng } from '../../datasets/pixels/decode.ts';
import { fromSigned, fullScaleOf, restoreDepthMm } from '../../datasets/pixels/normalise.ts';
import { ageHistogram, type HistorySlot } from '../../library/history-buffer.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { signedHistoryPixels, type HistoryPixels } from '../../simgan/history-buffer.ts';
import { historySteps, readHistorySegment } from '../../simgan/history-segments.ts';
import { mustGetRun, preprocessingOf } from '../runs/runs.ts';
import { configOf } from '../runs/run-config.ts';

/** An image in the buffer. */
export interface HistoryImage extends HistorySlot {
  /** Path of the synthetic image below its dataset's folder; null when it was removed from the library. */
  readonly source: string | null;
  readonly ageSteps: number;
  /**
   * Whether a checkpoint holds its pixels. One that came after the checkpoint before this step and had gone by the
   * checkpoint after it is known by name only.
   */
  readonly onDisk: boolean;
}

/** What the history buffer held after a step. */
export interface HistoryView {
  /** Whose record it is: the run itself, or for a step before its branching the run that it started from. */
  readonly run: string;
  readonly runId: number;
  readonly step: number;
  readonly capacity: number;
  /** By slot. */
  readonly images: readonly HistoryImage[];
  readonly distinctSources: number;
  readonly oldestStep: number;
  readonly newestStep: number;
  /** Bin i counts images of age i · binSteps up to (i + 1) · binSteps − 1 steps. */
  readonly ages: { readonly binSteps: number; readonly counts: readonly number[] };
  /** Of the refined images of the discriminator's next mini-batch, those that come from the buffer. */
  readonly batch: { readonly refined: number; readonly fromBuffer: number };
  readonly isCheckpoint: boolean;
}

const AGE_BINS = 12;

/**
 * What the history buffer of a run held after a step (default: the last on record).
 * @throws StudioError 'not-found' where there is no record of it, naming the steps that are
 */
export function viewHistory(library: Library, asked: Run, askedStep: number | undefined): HistoryView {
  const run = runAtStep(library, asked, askedStep);
  const config = configOf(run);
  const range = library.historyBuffer.range(run.id);
  if (!range) throw noRecord(run, config.history);
  const step = askedStep ?? range.last;
  if (step < range.first || step > Math.max(range.last, run.step)) {
    throw new StudioError(
      'not-found',
      `The history buffer of ${run.name} is on record for the steps ${range.first} to ${range.last}, not for ${step}.`,
      { remedy: 'Name one of those with --step.', details: { run: run.name, step } },
    );
  }
  const slots = library.historyBuffer.atStep(run.id, step);
  const isOnDisk = pixelsOnDisk(library, run, step);
  const paths = pathsOf(library, slots);
  const steps = slots.map(({ enteredStep }) => enteredStep).sort((left, right) => left - right);
  const half = config.batchSize / 2;
  return {
    run: run.name,
    runId: run.id,
    step,
    capacity: config.historyCapacity,
    images: slots.map((slot) => ({
      ...slot,
      source: paths.get(slot.sourceImageId) ?? null,
      ageSteps: step - slot.enteredStep,
      onDisk: isOnDisk(slot),
    })),
    distinctSources: new Set(slots.map(({ sourceImageId }) => sourceImageId)).size,
    oldestStep: steps[0],
    newestStep: steps[steps.length - 1],
    ages: ageHistogram(slots, step, AGE_BINS),
    batch: { refined: config.batchSize, fromBuffer: slots.length >= half ? half : 0 },
    isCheckpoint: library.checkpoints.get(run.id, step) !== undefined,
  };
}

/** A branch was its parent until the step that it started from. */
function runAtStep(library: Library, run: Run, step: number | undefined): Run {
  const { parent } = run;
  return parent && step !== undefined && step < parent.step
    ? runAtStep(library, mustGetRun(library, parent.runId), step)
    : run;
}

function noRecord(run: Run, hasHistory: boolean): StudioError {
  return new StudioError(
    'not-found',
    hasHistory
      ? `${run.name} has put nothing into its history buffer yet.`
      : `${run.name} has no history buffer: it was trained with --history off.`,
    { remedy: 'Name another run with --run; "simgan runs" lists them.', details: { run: run.name } },
  );
}

/** An entry is on disk when it was still there at the first checkpoint after it came. */
function pixelsOnDisk(library: Library, run: Run, step: number): (slot: HistorySlot) => boolean {
  const steps = library.checkpoints.list(run.id).map((checkpoint) => checkpoint.step);
  const before = steps.findLast((checkpoint) => checkpoint <= step) ?? -Infinity;
  const after = steps.find((checkpoint) => checkpoint > step);
  const kept = new Map(
    before === step || after === undefined
      ? []
      : library.historyBuffer.atStep(run.id, after).map((slot) => [slot.slot, slot]),
  );
  return (slot) => slot.enteredStep <= before || isSame(slot, kept.get(slot.slot));
}

function isSame(slot: HistorySlot, other: HistorySlot | undefined): boolean {
  return other?.enteredStep === slot.enteredStep && other.sourceImageId === slot.sourceImageId;
}

function pathsOf(library: Library, slots: readonly HistorySlot[]): Map<number, string> {
  const ids = [...new Set(slots.map(({ sourceImageId }) => sourceImageId))];
  return new Map(library.images.getMany(ids).map(({ id, path }) => [id, path]));
}

interface HistoryPictures<Pixels> {
  /** By slot, [h, w, c]. */
  readonly pictures: ReadonlyMap<number, Pixels>;
  /** What is wrong with files that should hold others. */
  readonly unreadable: readonly string[];
}

/** The images themselves, as far as they are on disk, in [−1, 1]. */
export async function readHistoryImages(
  library: Library,
  view: HistoryView,
  images: readonly HistoryImage[],
): Promise<HistoryPictures<Float32Array>> {
  const { pictures, unreadable } = await readHistoryPixels(library, view, images);
  return {
    pictures: new Map([...pictures].map(([slot, pixels]) => [slot, signedHistoryPixels(pixels)])),
    unreadable,
  };
}

/**
 * The same as they are stored, without a copy of them.
 * @param readSegment reads a part of the buffer; one that has read it before may know it still
 */
export async function readHistoryPixels(
  library: Library,
  view: HistoryView,
  images: readonly HistoryImage[],
  readSegment: typeof readHistorySegment = readHistorySegment,
): Promise<HistoryPictures<HistoryPixels>> {
  const run = mustGetRun(library, view.runId);
  const runFolder = library.runFolder(run.id);
  const imageIds = run.syntheticPackId === null ? undefined : library.packs.imageIds(run.syntheticPackId);
  const wanted = new Map(images.filter(({ onDisk }) => onDisk).map((image) => [image.slot, image]));
  const pictures = new Map<number, HistoryPixels>();
  const unreadable: string[] = [];
  // Newest first, so that of a buffer of gigabytes no more is read than must be.
  for (const segmentStep of (await historySteps(runFolder)).reverse()) {
    if (wanted.size === 0) break;
    if (![...wanted.values()].some(({ enteredStep }) => enteredStep <= segmentStep)) continue;
    const segment = await readSegment(runFolder, segmentStep).catch((error: unknown) => {
      unreadable.push(messageOf(error));
      return undefined;
    });
    if (!segment) continue;
    const { slots, sources, steps, pixels } = segment;
    const valuesPerImage = pixels.length / slots.length;
    slots.forEach((slot, index) => {
      const image = wanted.get(slot);
      if (image?.enteredStep !== steps[index] || image.sourceImageId !== imageIds?.[sources[index]]) return;
      pictures.set(slot, pixels.subarray(index * valuesPerImage, (index + 1) * valuesPerImage));
      wanted.delete(slot);
    });
  }
  return { pictures, unreadable };
}

export interface HistoryExport {
  readonly folder: string;
  readonly pictures: number;
  /** Entries of which only the record is left. */
  readonly withoutPicture: number;
  /** As in `HistoryPictures`. */
  readonly unreadable: readonly string[];
}

/**
 * Writes the buffer into a new or empty folder: a PNG per image at the bit depth of the training pack (depth in
 * millimetres), and `history.jsonl` with a line per slot.
 * @throws StudioError 'busy' where the folder holds anything
 */
export async function exportHistory(
  library: Library,
  view: HistoryView,
  folder: string,
): Promise<HistoryExport> {
  await refuseUsed(folder);
  const run = mustGetRun(library, view.runId);
  const preprocessing = preprocessingOf(library, run);
  const { widthPx, heightPx, channels, bitDepth, depth } = preprocessing;
  const { pictures, unreadable } = await readHistoryImages(library, view, view.images);
  const lines: string[] = [];
  for (const image of view.images) {
    const values = pictures.get(image.slot);
    const file = values ? `slot-${String(image.slot).padStart(7, '0')}.png` : null;
    if (values && file !== null) {
      const stored = fromSigned(values, fullScaleOf(preprocessing), bitDepth);
      const pixels = depth && stored instanceof Uint16Array ? restoreDepthMm(stored, depth) : stored;
      await writeFileAtomic(join(folder, file), encodePng({ pixels, widthPx, heightPx, channels }));
    }
    const { slot, source, sourceImageId, enteredStep, replacedStep, ageSteps } = image;
    lines.push(JSON.stringify({ file, slot, source, sourceImageId, enteredStep, replacedStep, ageSteps }));
  }
  await writeFileAtomic(join(folder, 'history.jsonl'), `${lines.join('\n')}\n`);
  return {
    folder,
    pictures: pictures.size,
    withoutPicture: view.images.length - pictures.size,
    unreadable,
  };
}

async function refuseUsed(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return;
  throw new StudioError('busy', `${folder} is not empty: it holds ${names[0]}.`, {
    remedy: 'Name a new or empty folder.',
    details: { folder },
  });
}
