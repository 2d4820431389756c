import type { TrainingConfig } from '../../core/contract/training-config.ts';
import type { WeightGradients, Weights } from './weights.ts';

export interface ReferenceOptimizer {
  /** Steps the weights, in place, along the gradients of the same names. */
  apply(weights: Weights, gradients: WeightGradients, learningRate: number): void;
  /** Moments by the names that checkpoints give them. */
  readonly slots: ReadonlyMap<string, Float64Array>;
}

/**
 * sgd: w ← w − η g. momentum: m ← 0.9 m + g, w ← w − η m. adam (Kingma & Ba 2015, the form before §2.1 with ε̂ = 1e-8):
 * m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², w ← w − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε̂), β₁ 0.5, β₂ 0.999.
 */
export function createReferenceOptimizer(kind: TrainingConfig['optimizer']): ReferenceOptimizer {
  const slots = new Map<string, Float64Array>();
  const slot = (name: string, length: number): Float64Array => {
    const values = slots.get(name) ?? new Float64Array(length);
    slots.set(name, values);
    return values;
  };
  let updates = 0;
  return {
    slots,
    apply(weights, gradients, learningRate) {
      updates++;
      for (const [name, { values }] of weights) {
        const gradient = gradients.get(name);
        if (!gradient) throw new Error(`There is no gradient for ${name}.`);
        for (let at = 0; at < values.length; at++) {
          const g = gradient[at];
          if (kind === 'sgd') {
            values[at] -= learningRate * g;
          } else if (kind === 'momentum') {
            const m = slot(`${name}/momentum`, values.length);
            m[at] = 0.9 * m[at] + g;
            values[at] -= learningRate * m[at];
          } else {
            const m = slot(`${name}/adam-mean`, values.length);
            const v = slot(`${name}/adam-variance`, values.length);
            m[at] = 0.5 * m[at] + 0.5 * g;
            v[at] = 0.999 * v[at] + 0.001 * g * g;
            const correction = Math.sqrt(1 - 0.999 ** updates) / (1 - 0.5 ** updates);
            values[at] -= (learningRate * correction * m[at]) / (Math.sqrt(v[at]) + 1e-8);
          }
        }
      }
    },
  };
}
