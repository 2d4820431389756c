import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafeTensors, writeSafeTensors, type SavedTensor } from '../base/safetensors.ts';
import { StudioError } from '../base/studio-error.ts';
import type { HistorySegment } from './history-buffer.ts';
import { stepName, stepOfFile } from './step-names.ts';

const HISTORY_FORMAT = 'simgan-history-1';

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
): Promise<void> {
  const count = slots.length;
  const tensor = (shape: number[], values: SavedTensor['values']): SavedTensor => ({ shape, values });
  await writeSafeTensors(historyPath(runFolder, step), {
    metadata: { format: HISTORY_FORMAT },
    tensors: new Map([
      ['slots', tensor([count], slots)],
      ['sources', tensor([count], sources)],
      ['steps', tensor([count], steps)],
      ['pixels', tensor([count, pixels.length / count], pixels)],
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

/** @throws StudioError 'not-found' where the file is not there, 'bad-input' where it is not whole */
export async function readHistorySegment(runFolder: string, step: number): Promise<HistorySegment> {
  const path = historyPath(runFolder, step);
  const { tensors } = await readSafeTensors(path);
  const [slots, sources, steps, pixels] = ['slots', 'sources', 'steps', 'pixels'].map(
    (name) => tensors.get(name)?.values,
  );
  if (
    slots instanceof Int32Array &&
    sources instanceof Int32Array &&
    steps instanceof Int32Array &&
    pixels instanceof Uint16Array
  ) {
    return { slots, sources, steps, pixels };
  }
  throw new StudioError('bad-input', `The history file ${path} is not complete.`, {
    remedy: 'Resume from an earlier checkpoint.',
    details: { path },
  });
}

/** Everything in the buffer at the checkpoint of a step, by slot: of each slot, what the newest segment up to it says. */
export async function readHistoryAt(runFolder: string, step: number): Promise<HistorySegment> {
  const images = new Map<number, { source: number; step: number; pixels: Uint16Array }>();
  for (const segmentStep of await historySteps(runFolder)) {
    if (segmentStep > step) break;
    const segment = await readHistorySegment(runFolder, segmentStep);
    const length = segment.pixels.length / segment.slots.length;
    segment.slots.forEach((slot, index) => {
      const pixels = segment.pixels.subarray(index * length, (index + 1) * length);
      images.set(slot, { source: segment.sources[index], step: segment.steps[index], pixels });
    });
  }
  const slots = Int32Array.from(images.keys()).sort();
  const inOrder = [...slots].flatMap((slot) => images.get(slot) ?? []);
  const pixels = new Uint16Array(inOrder.reduce((sum, image) => sum + image.pixels.length, 0));
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
