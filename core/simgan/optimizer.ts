import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../contract/training-config.ts';
import type { NamedWeight } from './network.ts';

const MOMENTUM = 0.9;
const ADAM_BETA_1 = 0.5;
const ADAM_BETA_2 = 0.999;
const ADAM_EPSILON = 1e-8;

/**
 * Steps weights along gradients. Unlike the ones of TensorFlow.js its whole state can be saved and put back bit for bit
 * (there, Adam's powers of β are rebuilt by another formula), which exact resume needs.
 */
export interface Optimizer {
  /** One step with gradients in the order of the weights. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  /** Moments that belong in a checkpoint, named after the weights. */
  readonly slots: readonly NamedWeight[];
  /** Steps taken; Adam's bias correction depends on it. */
  updates: number;
  dispose(): void;
}

/** "sgd" (the paper's), "momentum" (0.9), or "adam" (β₁ 0.5, β₂ 0.999; Kingma & Ba 2015, Radford et al. 2016 for β₁). */
export function createOptimizer(
  kind: TrainingConfig['optimizer'],
  weights: readonly NamedWeight[],
): Optimizer {
  const slotsNamed = (slot: string): NamedWeight[] =>
    weights.map(({ name, variable }) => ({
      name: `${name}/${slot}`,
      variable: tf.tidy(() => tf.variable(tf.zerosLike(variable))),
    }));
  const first = kind === 'sgd' ? [] : slotsNamed(kind === 'adam' ? 'adam-mean' : 'momentum');
  const second = kind === 'adam' ? slotsNamed('adam-variance') : [];
  const optimizer: Optimizer = {
    updates: 0,
    slots: [...first, ...second],
    apply(gradients, learningRate) {
      optimizer.updates += 1;
      tf.tidy(() => {
        weights.forEach(({ variable }, index) => {
          const step = stepOf(
            kind,
            gradients[index],
            first[index]?.variable,
            second[index]?.variable,
            optimizer.updates,
          );
          variable.assign(tf.sub(variable, tf.mul(step, learningRate)));
        });
      });
    },
    dispose() {
      for (const { variable } of optimizer.slots) variable.dispose();
    },
  };
  return optimizer;
}

/** The direction of one weight's step, before the learning rate; moves its moments along. */
function stepOf(
  kind: TrainingConfig['optimizer'],
  gradient: tf.Tensor,
  first: tf.Variable | undefined,
  second: tf.Variable | undefined,
  updates: number,
): tf.Tensor {
  if (kind === 'sgd' || !first) return gradient;
  if (kind === 'momentum' || !second) {
    first.assign(tf.add(tf.mul(first, MOMENTUM), gradient));
    return first;
  }
  first.assign(tf.add(tf.mul(first, ADAM_BETA_1), tf.mul(gradient, 1 - ADAM_BETA_1)));
  second.assign(tf.add(tf.mul(second, ADAM_BETA_2), tf.mul(tf.square(gradient), 1 - ADAM_BETA_2)));
  const correction = Math.sqrt(1 - ADAM_BETA_2 ** updates) / (1 - ADAM_BETA_1 ** updates);
  return tf.mul(tf.div(first, tf.add(tf.sqrt(second), ADAM_EPSILON)), correction);
}
