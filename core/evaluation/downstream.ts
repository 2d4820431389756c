import { checkImageBatch, checkSameShape, type ImageBatch } from '../base/image-batch.ts';
import type { LongWork } from '../base/long-work.ts';
import { StudioError } from '../base/studio-error.ts';
import { angularErrorDeg } from '../contract/annotation.ts';
import { trainGazeEstimator, type GazeEstimatorConfig } from '../estimators/gaze-estimator.ts';
import { trainImageClassifier } from '../estimators/image-classifier.ts';
import type { Schedule } from '../estimators/training-loop.ts';
import { applyToneCurve, fitToneCurve } from './histogram-match.ts';
import { mean, median, sampleDeviation } from './statistics.ts';

/** What the same estimator was trained on. */
export type TrainingSet = 'synthetic' | 'histogram-matched' | 'refined';

interface TrainingImages {
  readonly synthetic: ImageBatch;
  /** Refined versions in the same order: they have the same labels. */
  readonly refined: ImageBatch;
  /** Unlabelled real images that the tone curve of the baseline is fitted to; not the test images. */
  readonly real: ImageBatch;
}

/** One number from each seed, their mean, and their sample deviation. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly bySeed: readonly number[];
}

export interface GazeComparison {
  readonly rows: readonly {
    readonly trainedOn: TrainingSet;
    /** Mean angular error over the test images. */
    readonly meanErrorDeg: Spread;
    readonly medianErrorDeg: Spread;
  }[];
  /** Always answering the mean gaze of the training labels: an estimator that learned nothing. */
  readonly constant: { readonly meanErrorDeg: number; readonly medianErrorDeg: number };
  readonly trainingCount: number;
  readonly testCount: number;
}

export interface CategoryComparison {
  readonly rows: readonly { readonly trainedOn: TrainingSet; readonly accuracy: Spread }[];
  /** Always answering the most frequent category of the training labels. */
  readonly constantAccuracy: number;
  readonly trainingCount: number;
  readonly testCount: number;
}

const DEFAULT_SEEDS = [1, 2, 3];

/**
 * Does refining help what comes after? The same gaze estimator is trained on synthetic images, on synthetic images
 * whose histogram matches the real set (what a tone curve alone can do), and on refined ones, once per seed, and tested
 * on labelled real images. Gaze vectors are [count, 3], units.
 *
 * @throws RangeError where sets do not belong together.
 * @throws StudioError 'bad-usage' where there is no labelled test image; 'cancelled'; as `trainGazeEstimator`.
 */
export async function compareGazeTraining(
  sets: TrainingImages & { readonly gazeVectors: Float32Array },
  test: { readonly images: ImageBatch; readonly gazeVectors: Float32Array },
  options: {
    readonly seeds?: readonly number[];
    readonly training?: Partial<GazeEstimatorConfig>;
  } & LongWork = {},
): Promise<GazeComparison> {
  checkTest(sets, test.images);
  if (test.gazeVectors.length !== 3 * test.images.count) {
    throw new RangeError(
      `${test.images.count} test images need ${3 * test.images.count} numbers of gaze, not ${test.gazeVectors.length}.`,
    );
  }
  const results = await compareTraining(sets, options, async (images, seed, work) => {
    const estimator = await trainGazeEstimator(images, sets.gazeVectors, { ...options.training, seed }, work);
    try {
      return angularErrorsDeg(await estimator.predict(test.images), test.gazeVectors);
    } finally {
      estimator.dispose();
    }
  });
  const constant = angularErrorsDeg(
    repeat(meanDirection(sets.gazeVectors), test.images.count),
    test.gazeVectors,
  );
  return {
    rows: results.map(({ trainedOn, bySeed }) => ({
      trainedOn,
      meanErrorDeg: spreadOf(bySeed.map((errors) => mean(errors))),
      medianErrorDeg: spreadOf(bySeed.map((errors) => median(errors))),
    })),
    constant: { meanErrorDeg: mean(constant), medianErrorDeg: median(constant) },
    trainingCount: sets.synthetic.count,
    testCount: test.images.count,
  };
}

/**
 * The same for categories 0 … categoryCount − 1: accuracy on labelled real images.
 *
 * @throws as `compareGazeTraining`.
 */
export async function compareCategoryTraining(
  sets: TrainingImages & { readonly categories: Uint16Array; readonly categoryCount: number },
  test: { readonly images: ImageBatch; readonly categories: Uint16Array },
  options: { readonly seeds?: readonly number[]; readonly training?: Partial<Schedule> } & LongWork = {},
): Promise<CategoryComparison> {
  const { categories, categoryCount } = sets;
  checkTest(sets, test.images);
  if (test.categories.length !== test.images.count) {
    throw new RangeError(
      `${test.images.count} test images cannot have ${test.categories.length} categories.`,
    );
  }
  const results = await compareTraining(sets, options, async (images, seed, work) => {
    const classifier = await trainImageClassifier(
      images,
      categories,
      categoryCount,
      { ...options.training, seed },
      work,
    );
    try {
      const probabilities = await classifier.predict(test.images);
      return mean(
        Array.from(test.categories, (category, index) => {
          const row = probabilities.subarray(index * categoryCount, (index + 1) * categoryCount);
          return row.indexOf(Math.max(...row)) === category ? 1 : 0;
        }),
      );
    } finally {
      classifier.dispose();
    }
  });
  const counts = Array.from(
    { length: categoryCount },
    (_, category) => categories.filter((other) => other === category).length,
  );
  const commonest = counts.indexOf(Math.max(...counts));
  return {
    rows: results.map(({ trainedOn, bySeed }) => ({ trainedOn, accuracy: spreadOf(bySeed) })),
    constantAccuracy: mean(Array.from(test.categories, (category) => (category === commonest ? 1 : 0))),
    trainingCount: sets.synthetic.count,
    testCount: test.images.count,
  };
}

/** Runs one training per training set and seed, in turn. */
async function compareTraining<Result>(
  sets: TrainingImages,
  { seeds = DEFAULT_SEEDS, signal, onProgress }: { readonly seeds?: readonly number[] } & LongWork,
  run: (images: ImageBatch, seed: number, work: LongWork) => Promise<Result>,
): Promise<{ trainedOn: TrainingSet; bySeed: Result[] }[]> {
  const { synthetic, refined, real } = sets;
  const candidates: { trainedOn: TrainingSet; images: ImageBatch }[] = [
    { trainedOn: 'synthetic', images: synthetic },
    { trainedOn: 'histogram-matched', images: applyToneCurve(synthetic, fitToneCurve(synthetic, real)) },
    { trainedOn: 'refined', images: refined },
  ];
  const trainings = candidates.length * seeds.length;
  const results: { trainedOn: TrainingSet; bySeed: Result[] }[] = [];
  let finished = 0;
  for (const { trainedOn, images } of candidates) {
    const bySeed: Result[] = [];
    for (const seed of seeds) {
      const before = finished;
      const work: LongWork = {
        signal,
        onProgress: ({ done, total = 1, unit }) =>
          onProgress?.({
            done: before * total + done,
            total: trainings * total,
            unit,
            label: `Training on ${trainedOn} images, seed ${seed}`,
          }),
      };
      bySeed.push(await run(images, seed, work));
      finished += 1;
    }
    results.push({ trainedOn, bySeed });
  }
  return results;
}

function checkTest({ synthetic, refined, real }: TrainingImages, testImages: ImageBatch): void {
  checkSameShape(synthetic, refined, 'Downstream');
  checkSameShape(synthetic, real, 'Downstream');
  checkImageBatch(testImages, 'Downstream');
  if (refined.count !== synthetic.count) {
    throw new RangeError(`${synthetic.count} images cannot be paired with ${refined.count} refined ones.`);
  }
  if (testImages.count > 0) return;
  throw new StudioError('bad-usage', 'There is no labelled real image to test on.', {
    remedy: 'Import real images with labels, or leave the downstream test out.',
  });
}

function angularErrorsDeg(predicted: Float32Array, truth: Float32Array): Float64Array {
  const vectorAt = (vectors: Float32Array, index: number): [number, number, number] => [
    vectors[3 * index],
    vectors[3 * index + 1],
    vectors[3 * index + 2],
  ];
  return Float64Array.from({ length: truth.length / 3 }, (_, index) =>
    angularErrorDeg(vectorAt(predicted, index), vectorAt(truth, index)),
  );
}

function meanDirection(vectors: Float32Array): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  vectors.forEach((value, index) => (sum[index % 3] += value));
  const length = Math.hypot(...sum);
  return [sum[0] / length, sum[1] / length, sum[2] / length];
}

function repeat(vector: readonly [number, number, number], count: number): Float32Array {
  return Float32Array.from({ length: 3 * count }, (_, index) => vector[index % 3]);
}

function spreadOf(bySeed: readonly number[]): Spread {
  return { mean: mean(bySeed), deviation: sampleDeviation(bySeed), bySeed };
}
