import { z } from 'zod';
import { descriptionOf, type FieldDescription } from './config/field.ts';
import { trainingConfigFields } from './config/fields.ts';
import { CONFIG_VERSION } from './config/migrations.ts';
import { strictShape, withDefaults } from './config/shape.ts';

export { parseDiscriminatorLayers, type DiscriminatorLayer } from './config/discriminator-layers.ts';
export type { FieldDescription, FieldGroup } from './config/field.ts';

/**
 * Everything that defines a training run, apart from its two data sets, as the program of this version writes it: no
 * setting may be missing. What was stored before goes through `readTrainingConfig` (config/read.ts).
 */
export const trainingConfigSchema = z
  .strictObject({ configVersion: z.literal(CONFIG_VERSION), ...strictShape(trainingConfigFields) })
  .refine((config) => config.historyCapacity >= config.batchSize / 2, {
    path: ['historyCapacity'],
    error: 'must hold at least half a batch',
  });

export type TrainingConfig = z.infer<typeof trainingConfigSchema>;
export type TrainingConfigKey = keyof typeof trainingConfigFields;

/** The settings of a configuration; one that was added after the first version may be left to its default. */
export type TrainingSettings = z.input<z.ZodObject<typeof trainingConfigFields>>;

/** All settings in the order of their list. */
export const trainingConfigKeys = Object.keys(trainingConfigFields) as TrainingConfigKey[];

/** The whole configuration of some settings. Throws a ZodError where they are not valid. */
export function completeConfig(settings: TrainingSettings): TrainingConfig {
  return trainingConfigSchema.parse({
    ...withDefaults(settings, trainingConfigFields),
    configVersion: CONFIG_VERSION,
  });
}

/** The description of one field. */
export function describeField(key: TrainingConfigKey): FieldDescription {
  const description = descriptionOf(trainingConfigSchema.shape[key]);
  if (!description) throw new Error(`The field ${key} has no description.`);
  return description;
}
