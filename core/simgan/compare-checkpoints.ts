import type { TensorArray } from '../base/safetensors.ts';
import type { LoadedCheckpoint } from './checkpoint.ts';
import type { HistorySegment } from './history-buffer.ts';

/** A part of a training's state in which two checkpoints of the same step differ. */
export interface CheckpointDifference {
  /** A tensor's name, "history buffer: pixels", "generator of the history buffer", … */
  readonly name: string;
  /** The first value that differs, where the part consists of numbers. */
  readonly first?: { readonly place: number; readonly saved: number; readonly again: number };
  /** Largest difference; infinite where the shapes differ. */
  readonly largest?: number;
  /** `largest` as a share of the largest saved value. */
  readonly relative?: number;
}

export interface CheckpointContent {
  readonly checkpoint: LoadedCheckpoint;
  /** The whole buffer at that step; undefined without history. */
  readonly history: HistorySegment | undefined;
}

/**
 * Compares bit for bit what decides how a training goes on: weights, moments, updates done, generator and content of the
 * history buffer, cursors of the data. What is only told of a run (its configuration, its ranking of checkpoints, what
 * its guards have seen) is not compared. In the order of the file, the weights first; empty where all is identical.
 */
export function compareCheckpoints(
  saved: CheckpointContent,
  again: CheckpointContent,
): CheckpointDifference[] {
  const tensors = new Set([...saved.checkpoint.file.tensors.keys(), ...again.checkpoint.file.tensors.keys()]);
  const valuesOf = ({ checkpoint }: CheckpointContent, name: string) =>
    checkpoint.file.tensors.get(name)?.values;
  return [
    ...[...tensors].map((name) => compareValues(name, valuesOf(saved, name), valuesOf(again, name))),
    ...compareState(saved.checkpoint.state, again.checkpoint.state),
    ...(['slots', 'sources', 'steps', 'pixels'] as const).map((part) =>
      compareValues(`history buffer: ${part}`, saved.history?.[part], again.history?.[part]),
    ),
  ].filter((difference) => difference !== undefined);
}

function compareState(
  saved: LoadedCheckpoint['state'],
  again: LoadedCheckpoint['state'],
): (CheckpointDifference | undefined)[] {
  const parts: readonly [name: string, key: keyof LoadedCheckpoint['state']][] = [
    ['work done', 'position'],
    ['updates of the refiner', 'refinerUpdates'],
    ['updates of the discriminator', 'discriminatorUpdates'],
    ['generator of the history buffer', 'historyRandom'],
    ['digest of the history buffer', 'historyDigest'],
    ['cursor of the synthetic data', 'synthetic'],
    ['cursor of the real data', 'real'],
  ];
  return parts.map(([name, key]) =>
    JSON.stringify(saved[key]) === JSON.stringify(again[key]) ? undefined : { name },
  );
}

function compareValues(
  name: string,
  saved: TensorArray | undefined,
  again: TensorArray | undefined,
): CheckpointDifference | undefined {
  if (saved === undefined && again === undefined) return undefined;
  if (saved?.length !== again?.length || !saved || !again)
    return { name, largest: Infinity, relative: Infinity };
  if (Buffer.compare(bytesOf(saved), bytesOf(again)) === 0) return undefined;
  let place = -1;
  let largest = 0;
  let scale = 0;
  for (let index = 0; index < saved.length; index++) {
    // Not "===", to which 0 and −0 are the same and NaN never is.
    if (place < 0 && !Object.is(saved[index], again[index])) place = index;
    largest = Math.max(largest, Math.abs(saved[index] - again[index]));
    scale = Math.max(scale, Math.abs(saved[index]));
  }
  const first = { place, saved: saved[place], again: again[place] };
  return { name, first, largest, relative: largest / scale };
}

function bytesOf(values: TensorArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
