import { z } from 'zod';
import { inWords } from '../../base/schema-words.ts';
import { messageOf } from '../../base/studio-error.ts';
import { trainingConfigKeys, trainingConfigSchema, type TrainingConfig } from '../training-config.ts';
import { trainingConfigFields } from './fields.ts';
import { CONFIG_VERSION, invalidConfig, migrateConfig, type PlainConfig } from './migrations.ts';
import { strictShape, withDefaults } from './shape.ts';

/**
 * The only way in for a training configuration that was stored, by whatever version of the program: migrates it, fills
 * in what did not exist then with values that change nothing, and checks it.
 *
 * @param subject what it is, at the beginning of an error's sentence: "The training config of run 3"
 * @throws StudioError 'too-new' where a newer version of the program wrote it; 'bad-input' naming what is wrong
 */
export function readTrainingConfig(stored: unknown, subject: string): TrainingConfig {
  const parsed = trainingConfigSchema.safeParse(upgradeConfig(stored, subject));
  if (parsed.success) return parsed.data;
  throw invalidConfig(subject, inWords(parsed.error), parsed.error);
}

/** The same without the check: a configuration of this version, as far as what was stored is one. */
export function upgradeConfig(stored: unknown, subject: string): PlainConfig {
  const settings = withDefaults(migrateConfig(stored, subject), trainingConfigFields);
  return { ...settings, configVersion: CONFIG_VERSION };
}

const someSettingsSchema = z.strictObject(strictShape(trainingConfigFields)).partial();

export type SomeSettings = Readonly<z.infer<typeof someSettingsSchema>>;

/**
 * Some settings that were stored, as a change of a run: migrated, and checked one by one.
 *
 * @throws StudioError as `readTrainingConfig`
 */
export function readSettings(stored: unknown, subject: string): SomeSettings {
  const parsed = someSettingsSchema.safeParse(migrateConfig(stored, subject));
  if (!parsed.success) throw invalidConfig(subject, inWords(parsed.error), parsed.error);
  return parsed.data;
}

/** Whether some settings are a whole configuration of the version that they were written for. */
export function isWhole(settings: PlainConfig): boolean {
  const filled = withDefaults(settings, trainingConfigFields);
  return trainingConfigKeys.every((key) => filled[key] !== undefined);
}

/** A stored configuration as a part of a larger record. */
export const storedConfigSchema = z.unknown().transform((stored, context): TrainingConfig => {
  try {
    return readTrainingConfig(stored, '');
  } catch (error) {
    // Without a subject, as the messages of other schemas are.
    context.addIssue({ code: 'custom', message: messageOf(error).trim() });
    return z.NEVER;
  }
});
