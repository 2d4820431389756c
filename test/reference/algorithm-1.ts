import { createRandom } from '../../core/base/random.ts';
import type { TrainingConfig } from '../../core/contract/training-config.ts';
import { createReferenceHistory } from './history.ts';
import { discriminatorLoss, refinerLoss, type DiscriminatorLoss, type RefinerLoss } from './losses.ts';
import { imagesBetween, mapsOf, type Maps } from './maps.ts';
import { refinerPass } from './networks.ts';
import { createReferenceOptimizer } from './optimizers.ts';
import type { Weights } from './weights.ts';

export interface ReferenceRun {
  /** Copied at the start; `trainReference` leaves them alone. */
  readonly refiner: Weights;
  readonly discriminator: Weights;
  /** The next mini-batch, [batchSize, h, w, c] in [−1, 1]. */
  nextSynthetic(): ArrayLike<number>;
  nextReal(): ArrayLike<number>;
}

export interface ReferenceResult {
  readonly refiner: Weights;
  readonly discriminator: Weights;
  /** Moments of both optimizers by their names in checkpoints. */
  readonly slots: ReadonlyMap<string, Float64Array>;
  readonly history: readonly Float64Array[];
  /** Of each update before its step, in the order of the updates. */
  readonly refinerLosses: readonly Pick<RefinerLoss, 'value' | 'realism' | 'regularization'>[];
  readonly discriminatorLosses: readonly Pick<DiscriminatorLoss, 'value' | 'ofRefined' | 'ofReal'>[];
}

/**
 * A whole run of the paper's Algorithm 1 in float64, driven by the same batches and the same draws for the history
 * buffer as `train` of core/simgan: pre-training of R on self-regularization, pre-training of D, then `steps`
 * iterations of K_g refiner and K_d discriminator updates.
 */
export function trainReference(config: TrainingConfig, run: ReferenceRun): ReferenceResult {
  const refiner = copyOf(run.refiner);
  const discriminator = copyOf(run.discriminator);
  const refinerOptimizer = createReferenceOptimizer(config.optimizer);
  const discriminatorOptimizer = createReferenceOptimizer(config.optimizer);
  const history = createReferenceHistory(config.historyCapacity);
  const historyRandom = createRandom(config.seed, 'history');
  const refinerLosses: RefinerLoss[] = [];
  const discriminatorLosses: DiscriminatorLoss[] = [];
  const half = config.batchSize / 2;
  const batchOf = (values: ArrayLike<number>): Maps =>
    mapsOf([config.batchSize, config.heightPx, config.widthPx, config.channels], values);

  const updateRefiner = (adversarial: boolean, rateFactor: number): void => {
    const loss = refinerLoss(config, refiner, discriminator, batchOf(run.nextSynthetic()), adversarial);
    refinerLosses.push(loss);
    refinerOptimizer.apply(refiner, loss.gradients, config.refinerLearningRate * rateFactor);
  };

  const updateDiscriminator = (rateFactor: number): void => {
    const synthetic = batchOf(run.nextSynthetic());
    const real = batchOf(run.nextReal());
    const current = refinerPass(config, refiner, synthetic).output;
    const firstHalf = imagesOf(imagesBetween(current, 0, half));
    let refined = current;
    if (config.history && history.images.length >= half) {
      const past = history.sample(half, historyRandom);
      refined = {
        ...current,
        values: Float64Array.from([...firstHalf, ...past].flatMap((image) => [...image])),
      };
    }
    const loss = discriminatorLoss(config, discriminator, refined, real);
    discriminatorLosses.push(loss);
    discriminatorOptimizer.apply(
      discriminator,
      loss.gradients,
      config.discriminatorLearningRate * rateFactor,
    );
    if (config.history) history.replace(firstHalf, historyRandom);
  };

  for (let update = 0; update < config.refinerPretrainSteps; update++) updateRefiner(false, 1);
  for (let update = 0; update < config.discriminatorPretrainSteps; update++) updateDiscriminator(1);
  for (let step = 1; step <= config.steps; step++) {
    const dropped = config.learningRateDropStep > 0 && step > config.learningRateDropStep;
    const rateFactor = dropped ? config.learningRateDropFactor : 1;
    for (let update = 0; update < config.kg; update++) updateRefiner(true, rateFactor);
    for (let update = 0; update < config.kd; update++) updateDiscriminator(rateFactor);
  }
  return {
    refiner,
    discriminator,
    slots: new Map([...refinerOptimizer.slots, ...discriminatorOptimizer.slots]),
    history: history.images,
    refinerLosses,
    discriminatorLosses,
  };
}

function imagesOf(maps: Maps): Float64Array[] {
  return Array.from({ length: maps.count }, (_, image) => imagesBetween(maps, image, image + 1).values);
}

function copyOf(weights: Weights): Weights {
  return new Map([...weights].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]));
}
