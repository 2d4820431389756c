import { z } from 'zod';
import type { Batch, BatchSource } from '../../core/simgan/data.ts';
import type { TrainingConfig } from '../../core/contract/training-config.ts';
import { noiseImages } from './cases.ts';

const stateSchema = z.strictObject({ taken: z.int().min(0) });

/** The n-th mini-batch of noise under a name: what a training and its float64 reference are both driven by. */
export function noiseBatch(config: TrainingConfig, name: string, index: number): Batch {
  return {
    images: noiseImages(config, config.batchSize, name, index),
    indices: Int32Array.from({ length: config.batchSize }, (_, image) => index * config.batchSize + image),
  };
}

/** An endless source of `noiseBatch`es, exactly resumable from its state. */
export function createNoiseSource(config: TrainingConfig, name: string, state?: unknown): BatchSource {
  let { taken } = state === undefined ? { taken: 0 } : stateSchema.parse(state);
  return {
    next: () => Promise.resolve(noiseBatch(config, name, taken++)),
    state: () => ({ taken }),
  };
}
