import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../../base/random.ts';
import { gazeFromAngles, type Annotation, type Keypoint } from '../../contract/annotation.ts';
import type { ExportHeader, ExportSample } from './export-sample.ts';

/** What samples to make for tests and for the measurement of speed. */
export interface SampleShape {
  readonly count: number;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly channels?: 1 | 3;
  readonly bitDepth?: 8 | 16;
  readonly seed?: number;
  /** Labels of a sample; gaze where it is left out. */
  readonly annotations?: (random: Random, index: number) => Annotation[];
  readonly name?: (index: number) => string;
}

/** The same shape gives the same samples. One in five is for testing; one in ten has no measured drift. */
export function makeSamples(shape: SampleShape): ExportSample[] {
  const { widthPx = 11, heightPx = 7, channels = 1, bitDepth = 8 } = shape;
  return Array.from({ length: shape.count }, (_, index): ExportSample => {
    const random = createRandom(shape.seed ?? 1, index);
    const white = 2 ** bitDepth - 1;
    const length = widthPx * heightPx * channels;
    const pixels = bitDepth === 16 ? new Uint16Array(length) : new Uint8Array(length);
    for (let place = 0; place < length; place++) {
      const x = (place / channels) % widthPx;
      const shade = 0.5 + 0.3 * Math.sin(x / 9 + index) + 0.03 * random.normal();
      pixels[place] = Math.round(Math.max(0, Math.min(1, shade)) * white);
    }
    return {
      id: index + 1,
      name: shape.name?.(index) ?? `f0${index % 3}/${String(index).padStart(5, '0')}`,
      split: index % 5 === 4 ? 'test' : 'train',
      widthPx,
      heightPx,
      channels,
      bitDepth,
      pixels,
      annotations: shape.annotations?.(random, index) ?? [randomGaze(random)],
      source: { path: `synthetic/${index}.png`, sha256: sha256(String(index)) },
      change: {
        meanAbsGreyLevels: random.range(0, 20),
        discriminatorScore: random.uniform(),
        driftPx: index % 10 === 3 ? undefined : random.range(0, 2),
        alpha: 1,
      },
    };
  });
}

export const randomGaze = (random: Random): Annotation =>
  gazeFromAngles(random.range(-0.5, 0.5), random.range(-0.6, 0.6));

/** 21 points of a hand in a picture of 40 × 30 px, of every visibility, some out of the frame. */
export const randomHand = (random: Random): Annotation => ({
  kind: 'keypoints',
  layout: 'hand-21',
  points: Array.from({ length: 21 }, (): Keypoint => {
    const place = random.uniform();
    const visibility = place < 0.1 ? 0 : place < 0.3 ? 1 : 2;
    return { x: random.range(-3, 43), y: random.range(-3, 33), zMm: random.range(300, 900), visibility };
  }),
});

export const testHeader: ExportHeader = {
  programVersion: '0.1.0',
  libraryName: 'My eyes',
  runName: 'eyes | first',
  step: 600,
  checkpointSha256: 'c'.repeat(64),
  config: { lambda: 0.01, batchSize: 32, psi: 'identity', nested: { b: [1, 2], a: null } },
  selection: 'all refined images with drift of at most 2 px; 3 left out',
  gazeConvention: 'unit vector, camera frame: x right, y down, z away from the camera',
  licenceNote: 'MPIIGaze is CC BY-NC-SA 4.0.',
  createdAt: '2026-02-03T04:05:06.000Z',
};

export async function* streamOf(samples: readonly ExportSample[]): AsyncGenerator<ExportSample> {
  for (const sample of samples) {
    // Samples come from a disk in real life: with a turn of the event loop each.
    await new Promise(setImmediate);
    yield sample;
  }
}

/** Every file under a folder with the hash of its content. */
export function hashTree(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths.sort().map((path) => [path.slice(folder.length + 1), sha256(readFileSync(path))]),
  );
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
