import { checkImageBatch, selectImages, valuesPerImage, type ImageBatch } from '../base/image-batch.ts';
import type { LongWork } from '../base/long-work.ts';
import { createRandom, type Random } from '../base/random.ts';
import { changeTone } from '../estimators/tone-change.ts';
import { measureDisplacement, type DisplacementReport } from './displacement.ts';
import { median, quantile } from './statistics.ts';

/** What the displacement measure reads when the truth is known. */
interface KnownShiftReading {
  /** 'picture': everything moved. 'part': a disc around the middle moved, the rest stayed. */
  readonly moved: 'picture' | 'part';
  readonly truthPx: number;
  readonly medianReadPx: number | undefined;
  /** |read − truth|. */
  readonly medianErrorPx: number | undefined;
  readonly p95ErrorPx: number | undefined;
  readonly measured: number;
  readonly notMeasured: number;
}

export interface DisplacementSelfTest {
  readonly readings: readonly KnownShiftReading[];
  /** What is read where nothing moved but contrast, tone and noise changed. */
  readonly noiseFloor: { readonly medianPx: number | undefined; readonly p95Px: number | undefined };
  /** Images used. */
  readonly count: number;
  /** Every movement of the whole picture is read within 0.3 px by the median image. */
  readonly passed: boolean;
}

const TRUTHS_PX = [0, 0.5, 1, 1.5, 2, 3];
const PART_PX = 2;
const TOLERANCE_PX = 0.3;

/**
 * Moves images by known amounts, 0–3 px in random directions, changes their tone and contrast and adds noise as a
 * refiner does, and reads the displacement back: the proof that the drift figures of this data mean what they say,
 * and their noise floor. Movements of the whole picture decide; that of a part is reported beside them.
 *
 * @throws StudioError 'cancelled'.
 */
export async function selfTestDisplacement(
  images: ImageBatch,
  { seed = 1, sampleCount = 48, signal }: { seed?: number; sampleCount?: number } & LongWork = {},
): Promise<DisplacementSelfTest> {
  checkImageBatch(images, 'Displacement self-test');
  const random = createRandom(seed, 'displacement-self-test');
  const order = random.shuffle(Uint32Array.from({ length: images.count }, (_, index) => index));
  const sample = selectImages(images, order.subarray(0, sampleCount));
  const readings: KnownShiftReading[] = [];
  const read = async (truthPx: number, moved: KnownShiftReading['moved']): Promise<DisplacementReport> => {
    const changed = changeTone(moveImages(sample, truthPx, moved, random), random);
    const report = await measureDisplacement(sample, changed, { signal });
    readings.push(compare(report, truthPx, moved));
    return report;
  };
  const unmoved = await read(0, 'picture');
  for (const truthPx of TRUTHS_PX.slice(1)) await read(truthPx, 'picture');
  await read(PART_PX, 'part');
  return {
    readings,
    noiseFloor: { medianPx: unmoved.medianPx, p95Px: unmoved.p95Px },
    count: sample.count,
    passed: readings.every(
      ({ moved, medianErrorPx }) =>
        moved === 'part' || (medianErrorPx !== undefined && medianErrorPx <= TOLERANCE_PX),
    ),
  };
}

function compare(
  report: DisplacementReport,
  truthPx: number,
  moved: KnownShiftReading['moved'],
): KnownShiftReading {
  const errors = report.images.flatMap((image) =>
    image.kind === 'measured' ? [Math.abs(image.driftPx - truthPx)] : [],
  );
  const some = errors.length > 0;
  return {
    moved,
    truthPx,
    medianReadPx: report.medianPx,
    medianErrorPx: some ? median(errors) : undefined,
    p95ErrorPx: some ? quantile(errors, 0.95) : undefined,
    measured: report.measured,
    notMeasured: report.images.length - report.measured,
  };
}

function moveImages(
  batch: ImageBatch,
  distancePx: number,
  moved: KnownShiftReading['moved'],
  random: Random,
): ImageBatch {
  const size = valuesPerImage(batch);
  const images = new Float32Array(batch.images.length);
  const radiusPx = 0.25 * Math.min(batch.heightPx, batch.widthPx);
  for (let index = 0; index < batch.count; index++) {
    const direction = random.range(0, 2 * Math.PI);
    const dx = distancePx * Math.cos(direction);
    const dy = distancePx * Math.sin(direction);
    const source = batch.images.subarray(index * size, (index + 1) * size);
    for (let y = 0; y < batch.heightPx; y++) {
      for (let x = 0; x < batch.widthPx; x++) {
        const part = moved === 'picture' ? 1 : movedPart(batch, x - dx, y - dy, radiusPx);
        for (let channel = 0; channel < batch.channels; channel++) {
          images[index * size + (y * batch.widthPx + x) * batch.channels + channel] = sampleCubic(
            source,
            batch,
            x - part * dx,
            y - part * dy,
            channel,
          );
        }
      }
    }
  }
  return { ...batch, images };
}

/** 1 within a disc around the middle, falling to 0 over four pixels, so that the picture stretches and does not tear. */
function movedPart(batch: ImageBatch, x: number, y: number, radiusPx: number): number {
  const distance = Math.hypot(x + 0.5 - batch.widthPx / 2, y + 0.5 - batch.heightPx / 2);
  return Math.max(0, Math.min(1, (radiusPx + 4 - distance) / 4));
}

/** Catmull–Rom interpolation (Keys 1981, a = −½), border pixels repeated. */
function sampleCubic(
  source: Float32Array,
  { heightPx, widthPx, channels }: ImageBatch,
  x: number,
  y: number,
  channel: number,
): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  let sum = 0;
  for (let j = -1; j <= 2; j++) {
    const weightY = cubicWeight(y - row - j);
    if (weightY === 0) continue;
    const fromRow = Math.max(0, Math.min(heightPx - 1, row + j)) * widthPx;
    for (let i = -1; i <= 2; i++) {
      const fromColumn = Math.max(0, Math.min(widthPx - 1, column + i));
      sum += weightY * cubicWeight(x - column - i) * source[(fromRow + fromColumn) * channels + channel];
    }
  }
  return sum;
}

function cubicWeight(offset: number): number {
  const t = Math.abs(offset);
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
}
