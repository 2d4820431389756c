import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readSafeTensors, type SafeTensors, type SavedTensor } from '../base/safetensors.ts';
import { messageOf, StudioError } from '../base/studio-error.ts';
import type { HistorySegment } from './history-buffer.ts';
import { compressPixels, expandPixels, type PixelLayout } from './history-pixels.ts';
import { saveTensors } from './save-tensors.ts';
import { stepName, stepOfFile } from './step-names.ts';

/** Pixels as 16-bit numbers. Read, but no longer written. */
const RAW_FORMAT = 'simgan-history-1';
/** Pixels compressed without loss (see history-pixels.ts). */
const FORMAT = 'simgan-history-2';

const layoutSchema = z.object({
  heightPx: z.coerce.number().int().min(1),
  widthPx: z.coerce.number().int().min(1),
  channels: z.coerce.number().int().min(1),
  bits: z.enum(['8', '16']).transform((bits) => (bits === '8' ? 8 : 16)),
});

/** Where the segment that goes with the checkpoint of a step is. */
export function historyPath(runFolder: string, step: number): string {
  return join(runFolder, 'history', `${stepName(step)}.safetensors`);
}

/**
 * Saves what came into the history buffer since the checkpoint before, and is still there. The segments up to a
 * checkpoint, one after the other, are the buffer at that checkpoint; none of their entries could be left out, as long
 * as every checkpoint may be gone on from.
 */
export async function writeHistorySegment(
  runFolder: string,
  step: number,
  { slots, sources, steps, pixels }: HistorySegment,
  { heightPx, widthPx, channels }: PixelLayout,
): Promise<void> {
  const layout = { heightPx, widthPx, channels };
  const compressed = await compressPixels(pixels, layout);
  const tensor = (values: SavedTensor['values']): SavedTensor => ({ shape: [values.length], values });
  const facts = { ...layout, bits: 8 * pixels.BYTES_PER_ELEMENT };
  await saveTensors(historyPath(runFolder, step), {
    metadata: {
      format: FORMAT,
      ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, String(value)])),
    },
    tensors: new Map([
      ['slots', tensor(slots)],
      ['sources', tensor(sources)],
      ['steps', tensor(steps)],
      ['pixels', tensor(compressed)],
    ]),
  });
}

/** Steps that there are segments of, ascending. */
export async function historySteps(runFolder: string): Promise<number[]> {
  const names = await readdir(join(runFolder, 'history')).catch(() => []);
  return names
    .filter((name) => name.endsWith('.safetensors'))
    .map(stepOfFile)
    .sort((left, right) => left - right);
}

/** @throws StudioError 'not-found' where the file is not there, 'bad-input' where it is not whole, 'too-new' */
export async function readHistorySegment(runFolder: string, step: number): Promise<HistorySegment> {
  const path = historyPath(runFolder, step);
  const file = await readSafeTensors(path);
  try {
    return await segmentOf(file);
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw new StudioError('bad-input', `The history file ${path} is damaged: ${messageOf(error)}`, {
      remedy: 'Resume from an earlier checkpoint.',
      details: { path },
      cause: error,
    });
  }
}

async function segmentOf({ tensors, metadata }: SafeTensors): Promise<HistorySegment> {
  const [slots, sources, steps, pixels] = ['slots', 'sources', 'steps', 'pixels'].map(
    (name) => tensors.get(name)?.values,
  );
  const isListed =
    slots instanceof Int32Array && sources instanceof Int32Array && steps instanceof Int32Array;
  if (!isListed) throw new RangeError('it does not list its images.');
  if (metadata.format === RAW_FORMAT && pixels instanceof Uint16Array) {
    return { slots, sources, steps, pixels };
  }
  if (metadata.format === FORMAT && pixels instanceof Uint8Array) {
    const { bits, ...layout } = layoutSchema.parse(metadata);
    const length = slots.length * layout.heightPx * layout.widthPx * layout.channels;
    return { slots, sources, steps, pixels: await expandPixels(pixels, length, bits, layout) };
  }
  throw new StudioError(
    'too-new',
    `There is a history file that this version does not read (${metadata.format ?? 'no format'}).`,
    { remedy: 'Open the library with the version of the program that wrote it.' },
  );
}

/** Everything in the buffer at the checkpoint of a step, by slot: of each slot, what the newest segment up to it says. */
export async function readHistoryAt(runFolder: string, step: number): Promise<HistorySegment> {
  const steps = await historySteps(runFolder);
  return await mergeSegments(
    runFolder,
    steps.filter((segmentStep) => segmentStep <= step),
  );
}

/**
 * Keeps the buffers of these checkpoints and no others: what came and went between two of them is left out, segments in
 * between become part of the next one. Killed on the way it leaves segments that say the same thing twice.
 */
export async function keepHistoryOf(
  runFolder: string,
  checkpointSteps: readonly number[],
  layout: PixelLayout,
): Promise<void> {
  const kept = [...checkpointSteps].sort((left, right) => left - right);
  const groups = Map.groupBy(await historySteps(runFolder), (step) =>
    kept.find((checkpoint) => checkpoint >= step),
  );
  for (const [checkpoint, steps] of groups) {
    const leaving = steps.filter((step) => step !== checkpoint);
    if (leaving.length === 0) continue;
    if (checkpoint !== undefined) {
      await writeHistorySegment(runFolder, checkpoint, await mergeSegments(runFolder, steps), layout);
    }
    for (const step of leaving) await rm(historyPath(runFolder, step), { force: true });
  }
}

/** What the buffer holds after these segments, of what they brought. */
async function mergeSegments(runFolder: string, ascending: readonly number[]): Promise<HistorySegment> {
  const images = new Map<number, { source: number; step: number; pixels: HistorySegment['pixels'] }>();
  for (const segmentStep of ascending) {
    const segment = await readHistorySegment(runFolder, segmentStep);
    const length = segment.pixels.length / segment.slots.length;
    segment.slots.forEach((slot, index) => {
      const pixels = segment.pixels.subarray(index * length, (index + 1) * length);
      images.set(slot, { source: segment.sources[index], step: segment.steps[index], pixels });
    });
  }
  const slots = Int32Array.from(images.keys()).sort();
  const inOrder = [...slots].flatMap((slot) => images.get(slot) ?? []);
  const length = inOrder.reduce((sum, image) => sum + image.pixels.length, 0);
  const pixels =
    inOrder.at(0)?.pixels instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
  let end = 0;
  for (const image of inOrder) {
    pixels.set(image.pixels, end);
    end += image.pixels.length;
  }
  return {
    slots,
    sources: Int32Array.from(inOrder, ({ source }) => source),
    steps: Int32Array.from(inOrder, (image) => image.step),
    pixels,
  };
}
