import * as tf from '@tensorflow/tfjs-core';
import { restoreRandom } from '../base/random.ts';
import type { SimGan } from './algorithm-1.ts';
import type { Batch, BatchSource } from './data.ts';

/** A source that can hand out again what was drawn since its mark. */
export interface RewindableSource extends BatchSource {
  mark(): void;
  rewind(): void;
}

/** Its state is always that of what it hands out next. */
export function rewindable(source: BatchSource): RewindableSource {
  interface Drawn {
    readonly before: unknown;
    readonly batch: Batch;
  }
  let drawn: Drawn[] = [];
  let again: Drawn[] = [];
  return {
    async next() {
      const next = again.shift() ?? { before: source.state(), batch: await source.next() };
      drawn.push(next);
      return next.batch;
    },
    state: () => (again.length > 0 ? again[0].before : source.state()),
    mark() {
      drawn = [];
    },
    rewind() {
      again = [...drawn, ...again];
      drawn = [];
    },
  };
}

/** All that a step changes, as it was at the border before the step. */
export interface StepBorder {
  /** Puts all of it back, bit for bit: the step has not been. */
  goBack(): void;
  dispose(): void;
}

export function markBorder(gan: SimGan, sources: readonly RewindableSource[]): StepBorder {
  const networks = [gan.refiner, gan.discriminator];
  const optimizers = [gan.refinerOptimizer, gan.discriminatorOptimizer];
  const weights = [
    ...networks.flatMap(({ weights }) => weights),
    ...optimizers.flatMap(({ slots }) => slots),
  ];
  // No copies: an update gives a variable new memory, and what it had stays with the clone.
  const kept = weights.map(({ variable }) => tf.clone(variable));
  const updates = optimizers.map((optimizer) => optimizer.updates);
  const random = gan.historyRandom.state();
  gan.history?.mark();
  for (const source of sources) source.mark();
  return {
    goBack() {
      weights.forEach(({ variable }, index) => variable.assign(kept[index]));
      optimizers.forEach((optimizer, index) => (optimizer.updates = updates[index]));
      gan.historyRandom = restoreRandom(random);
      gan.history?.goBack();
      for (const source of sources) source.rewind();
    },
    dispose() {
      tf.dispose(kept);
    },
  };
}
