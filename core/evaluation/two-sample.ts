import { checkImageBatch, checkSameShape, selectImages, type ImageBatch } from '../base/image-batch.ts';
import type { LongWork } from '../base/long-work.ts';
import { createRandom } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';
import { trainImageClassifier } from '../estimators/image-classifier.ts';
import { fairCoinPValue, wilsonInterval } from './statistics.ts';

export interface TwoSampleConfig {
  /** Parts; each is judged by a classifier that was trained on the others. */
  readonly folds: number;
  /** Most images taken of each set, at random. */
  readonly imagesPerSet: number;
  /** Mini-batches that each classifier is trained on, about: bounds the time, whatever the size of the sets. */
  readonly steps: number;
  readonly batchSize: number;
  readonly seed: number;
}

export interface TwoSampleResult {
  /** Share of held-out images put into the right set: 0.5 is chance, 1 is told apart at a glance. */
  readonly accuracy: number;
  /** 95 % interval of the accuracy (Wilson). */
  readonly low: number;
  readonly high: number;
  /** Probability of this accuracy or more if the sets were the same (exact binomial, one-sided). */
  readonly p: number;
  /** Images judged, of both sets together. */
  readonly judged: number;
  /** What a reader must know to not be misled, in whole sentences. */
  readonly caveats: readonly string[];
}

const DEFAULT_CONFIG = {
  folds: 3,
  imagesPerSet: 1000,
  steps: 80,
  batchSize: 64,
  seed: 1,
} as const satisfies TwoSampleConfig;

/** More teaches a small set by heart and takes longer. */
const MOST_EPOCHS = 30;

/** Below this, an accuracy of 60 % cannot be told from chance reliably. */
const FEW_IMAGES_PER_SET = 100;

/**
 * Classifier two-sample test (Lopez-Paz & Oquab 2017, "Revisiting Classifier Two-Sample Tests"): a small CNN is trained to
 * tell the sets apart, balanced, and judged on images that it has not seen; every image is judged once. It finds only
 * what a small network learns in the given steps, so an accuracy near 0.5 means "not told apart by this test".
 *
 * @throws RangeError where the sets differ in size of image.
 * @throws StudioError 'bad-usage' where a set has fewer images than folds; 'cancelled'.
 */
export async function twoSampleTest(
  left: ImageBatch,
  right: ImageBatch,
  config: Partial<TwoSampleConfig> = {},
  { signal, onProgress }: LongWork = {},
): Promise<TwoSampleResult> {
  const { folds, imagesPerSet, steps, batchSize, seed } = { ...DEFAULT_CONFIG, ...config };
  checkSameShape(left, right, 'Two-sample test');
  const perSet = Math.min(imagesPerSet, left.count, right.count);
  if (perSet < folds || folds < 2) {
    throw new StudioError(
      'bad-usage',
      `A two-sample test in ${folds} folds needs at least ${Math.max(2, folds)} images in each set; there are ${left.count} and ${right.count}.`,
      { remedy: 'Import more images, or use fewer folds (at least 2).' },
    );
  }
  const images = joinSets(draw(left, perSet, seed, 'left'), draw(right, perSet, seed, 'right'));
  const classOf = (place: number): number => (place < perSet ? 0 : 1);
  const everything = Array.from({ length: 2 * perSet }, (_, place) => place);
  let correct = 0;
  for (let fold = 0; fold < folds; fold++) {
    const heldOut = everything.filter((place) => (place % perSet) % folds === fold);
    const rest = everything.filter((place) => (place % perSet) % folds !== fold);
    const classifier = await trainImageClassifier(
      selectImages(images, rest),
      Uint8Array.from(rest, classOf),
      2,
      { epochs: epochsFor(steps * batchSize, rest.length), batchSize, seed: seed + fold },
      {
        signal,
        onProgress: ({ done, total = 1 }) =>
          onProgress?.({
            done: Math.round((fold + done / total) * steps),
            total: folds * steps,
            unit: 'steps',
            label: 'Two-sample test',
          }),
      },
    );
    const probabilities = await classifier.predict(selectImages(images, heldOut));
    classifier.dispose();
    heldOut.forEach((place, row) => {
      const saysRight = probabilities[2 * row + 1] > probabilities[2 * row];
      if (saysRight === (classOf(place) === 1)) correct += 1;
    });
  }
  const judged = 2 * perSet;
  return {
    accuracy: correct / judged,
    ...wilsonInterval(correct, judged),
    p: fairCoinPValue(correct, judged),
    judged,
    caveats: caveatsFor(perSet),
  };
}

export interface RealismReport {
  readonly syntheticReal: TwoSampleResult;
  readonly refinedReal: TwoSampleResult;
  /** Two random halves of the real set: what a perfect refiner would reach. */
  readonly realReal: TwoSampleResult;
}

/**
 * How well a classifier tells synthetic and refined images from real ones, and real ones from real ones. The first two
 * tests use the same number of images and the same real images.
 *
 * @throws as `twoSampleTest`.
 */
export async function realismReport(
  sets: { readonly synthetic: ImageBatch; readonly refined: ImageBatch; readonly real: ImageBatch },
  config: Partial<TwoSampleConfig> = {},
  { signal, onProgress }: LongWork = {},
): Promise<RealismReport> {
  const { synthetic, refined, real } = sets;
  checkImageBatch(real, 'Realism');
  const complete = { ...DEFAULT_CONFIG, ...config };
  const imagesPerSet = Math.min(complete.imagesPerSet, synthetic.count, refined.count, real.count);
  const part = (index: number, label: string): LongWork => ({
    signal,
    onProgress: ({ done, total = 1, unit }) =>
      onProgress?.({ done: index * total + done, total: 3 * total, unit, label }),
  });
  const test = (
    left: ImageBatch,
    right: ImageBatch,
    index: number,
    label: string,
  ): Promise<TwoSampleResult> =>
    twoSampleTest(left, right, { ...complete, imagesPerSet }, part(index, label));
  const half = Math.floor(real.count / 2);
  const order = shuffledPlaces(real.count, complete.seed, 'halves');
  return {
    syntheticReal: await test(synthetic, real, 0, 'Synthetic against real'),
    refinedReal: await test(refined, real, 1, 'Refined against real'),
    realReal: await test(
      selectImages(real, order.subarray(0, half)),
      selectImages(real, order.subarray(half, 2 * half)),
      2,
      'Real against real',
    ),
  };
}

function epochsFor(imagesSeen: number, count: number): number {
  return Math.max(1, Math.min(MOST_EPOCHS, Math.round(imagesSeen / count)));
}

function draw(batch: ImageBatch, count: number, seed: number, stream: string): ImageBatch {
  return selectImages(batch, shuffledPlaces(batch.count, seed, stream).subarray(0, count));
}

function shuffledPlaces(count: number, seed: number, stream: string): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, index) => index);
  return createRandom(seed, 'two-sample', stream).shuffle(places);
}

function joinSets(left: ImageBatch, right: ImageBatch): ImageBatch {
  const images = new Float32Array(left.images.length + right.images.length);
  images.set(left.images);
  images.set(right.images, left.images.length);
  return { ...left, images, count: left.count + right.count };
}

function caveatsFor(perSet: number): string[] {
  if (perSet >= FEW_IMAGES_PER_SET) return [];
  return [
    `Only ${perSet} images per set: the classifier learns little from so few, and an accuracy near 50 % proves little.`,
  ];
}
