import { existsSync } from 'node:fs';
import { readSafeTensors, writeSafeTensors } from '../../base/safetensors.ts';

type Points = [x: number, y: number][];

/** What the label net of a run reads off an image and off its refined version, in pixels of the prepared image. */
export interface LabelReading {
  readonly before: Points;
  readonly after: Points;
}

const FORMAT = 'simgan-label-readings-1';

const fileOf = (packPath: string): string => packPath.replace(/\.pack$/, '.labels.safetensors');

/** Collects what a label net reads while a pack of refined images is made, and puts it beside that pack. */
export function createLabelReadings() {
  const before: Float32Array[] = [];
  const after: Float32Array[] = [];
  return {
    /** Points of a batch, [n, 2k]. */
    add(ofSynthetic: Float32Array, ofRefined: Float32Array): void {
      before.push(ofSynthetic);
      after.push(ofRefined);
    },
    async write(packPath: string, images: number): Promise<void> {
      if (before.length === 0) return;
      const [first, second] = [joined(before), joined(after)];
      const shape = [images, first.length / images];
      await writeSafeTensors(fileOf(packPath), {
        metadata: { format: FORMAT },
        tensors: new Map([
          ['before', { shape, values: first }],
          ['after', { shape, values: second }],
        ]),
      });
    },
  };
}

/** What was read of the images of a pack, by their places in it; undefined where there is no label net. */
export async function readLabelReadings(
  packPath: string,
): Promise<((placeInPack: number) => LabelReading) | undefined> {
  const path = fileOf(packPath);
  if (!existsSync(path)) return undefined;
  const { tensors } = await readSafeTensors(path);
  const [before, after] = ['before', 'after'].map((name) => tensors.get(name));
  if (!before || !after) return undefined;
  const pointsOf = ({ shape, values }: typeof before, place: number): Points =>
    Array.from({ length: shape[1] / 2 }, (_, point) => {
      const at = place * shape[1] + 2 * point;
      return [values[at], values[at + 1]];
    });
  return (place) => ({ before: pointsOf(before, place), after: pointsOf(after, place) });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
