import * as tf from '@tensorflow/tfjs-core';
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

/** What a step changes before its first discriminator update, as it was at the border before the step. */
export interface StepBorder {
  /** Puts all of it back, bit for bit: the step has not been. */
  goBack(): void;
  dispose(): void;
}

export function markBorder(gan: SimGan, synthetic: RewindableSource): StepBorder {
  const { refiner, refinerOptimizer } = gan;
  const variables = [...refiner.weights, ...refinerOptimizer.slots].map(({ variable }) => variable);
  // No copies: an update gives a variable new memory, and what it had stays with the clone.
  const kept = variables.map((variable) => tf.clone(variable));
  const { updates } = refinerOptimizer;
  synthetic.mark();
  return {
    goBack() {
      variables.forEach((variable, index) => variable.assign(kept[index]));
      refinerOptimizer.updates = updates;
      synthetic.rewind();
    },
    dispose() {
      tf.dispose(kept);
    },
  };
}
