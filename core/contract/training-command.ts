import { z } from 'zod';
import { trainingConfigSchema, type TrainingConfig } from './training-config.ts';

const field = trainingConfigSchema.shape;

/** Settings that may change while a run goes on, at a step border. */
export const liveSettingsSchema = z
  .strictObject({
    lambda: field.lambda,
    psi: field.psi,
    kg: field.kg,
    kd: field.kd,
    refinerLearningRate: field.refinerLearningRate,
    discriminatorLearningRate: field.discriminatorLearningRate,
    metricsEvery: field.metricsEvery,
    previewEvery: field.previewEvery,
    checkpointEvery: field.checkpointEvery,
    evaluationEvery: field.evaluationEvery,
    driftBudget: field.driftBudget,
  })
  .partial();

export type LiveSettings = z.infer<typeof liveSettingsSchema>;

export const liveKeys = Object.keys(liveSettingsSchema.shape) as (keyof LiveSettings)[];

/** The configuration with some settings replaced. Throws a ZodError where they do not fit together. */
export function withSettings(config: TrainingConfig, settings: LiveSettings): TrainingConfig {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return trainingConfigSchema.parse({ ...config, ...Object.fromEntries(given) });
}

/** What is asked of a running training; honoured at the border of a step (see core/simgan/train.ts). */
export const trainingCommandSchema = z.discriminatedUnion('kind', [
  /** Waits with everything kept in memory. */
  z.strictObject({ kind: z.literal('pause') }),
  /** Saves a checkpoint, frees the device, and waits. */
  z.strictObject({ kind: z.literal('release') }),
  z.strictObject({ kind: z.literal('resume') }),
  /** Saves a checkpoint and ends. */
  z.strictObject({ kind: z.literal('stop') }),
  /** Ends at once; what came after the last checkpoint is lost. */
  z.strictObject({ kind: z.literal('cancel') }),
  z.strictObject({ kind: z.literal('checkpoint') }),
  z.strictObject({ kind: z.literal('preview') }),
  /** Changes settings from the next step on, with a checkpoint that knows of them. */
  z.strictObject({ kind: z.literal('change'), settings: liveSettingsSchema }),
]);

export type TrainingCommand = z.infer<typeof trainingCommandSchema>;
