import { Option, type Command } from 'commander';
import { z } from 'zod';
import { isWhole, upgradeConfig } from '../contract/config/read.ts';
import { migrateConfig, type PlainConfig } from '../contract/config/migrations.ts';
import { misfits } from '../base/schema-words.ts';
import { StudioError } from '../base/studio-error.ts';
import {
  describeField,
  trainingConfigKeys,
  trainingConfigSchema,
  type FieldGroup,
  type TrainingConfig,
  type TrainingConfigKey,
} from '../contract/training-config.ts';
import { flagOf } from '../studio/training/training-flag.ts';

const GROUP_TITLES: Record<FieldGroup, string> = {
  networks: 'Networks:',
  losses: 'Losses:',
  history: 'History buffer:',
  algorithm: 'Algorithm 1:',
  optimizer: 'Optimizer:',
  record: 'Record:',
  guards: 'Guards:',
};

/** Adds one flag per field of the training configuration, with its help, unit, range and the paper's value. */
export function addTrainingFlags(command: Command): Command {
  for (const key of trainingConfigKeys) {
    const { help, unit, min, max, paper, group } = describeField(key);
    const facts = [
      unit,
      min !== undefined && max !== undefined ? `${min} to ${max}` : '',
      paper ? `paper: ${paper}` : '',
    ].filter(Boolean);
    command.addOption(
      new Option(
        `${flagOf(key)} <${valueName(key)}>`,
        `${help}${facts.length > 0 ? ` [${facts.join('; ')}]` : ''}`,
      ).helpGroup(GROUP_TITLES[group]),
    );
  }
  return command;
}

/**
 * A configuration from its sources, the later ones first in rank: preset, file, flags.
 *
 * @throws StudioError naming what is wrong
 */
export function trainingConfigFrom(
  preset: TrainingConfig,
  file: unknown,
  flags: Readonly<Record<string, unknown>>,
): TrainingConfig {
  const given = valuesOf(flags, trainingConfigKeys);
  const parsed = trainingConfigSchema.safeParse({ ...preset, ...settingsOfFile(file), ...given });
  if (parsed.success) return parsed.data;
  throw badConfiguration('The training configuration does not fit.', parsed.error);
}

/** What a file says: a whole configuration of an earlier version means what it meant then, whatever the preset. */
function settingsOfFile(file: unknown): PlainConfig {
  if (file === undefined) return {};
  const subject = 'The training config of --config';
  const settings = migrateConfig(file, subject);
  return isWhole(settings) ? upgradeConfig(file, subject) : settings;
}

/** The settings among some flags that were given, by a schema. */
export function settingsFrom<Schema extends z.ZodType>(
  flags: Readonly<Record<string, unknown>>,
  keys: readonly TrainingConfigKey[],
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(valuesOf(flags, keys));
  if (parsed.success) return parsed.data;
  throw badConfiguration('The settings do not fit.', parsed.error);
}

function badConfiguration(message: string, error: z.ZodError): StudioError {
  const problems = misfits(error, ([name]) => {
    const key = trainingConfigKeys.find((one) => one === name);
    return key ? flagOf(key) : 'the configuration';
  });
  return new StudioError('bad-usage', `${message}\n  ${problems.join('\n  ')}`, {
    remedy: 'See "simgan train --help" for what each field takes.',
  });
}

function valuesOf(
  flags: Readonly<Record<string, unknown>>,
  keys: readonly TrainingConfigKey[],
): Record<string, unknown> {
  return Object.fromEntries(
    keys.flatMap((key): [TrainingConfigKey, unknown][] => {
      const value = flags[key];
      return typeof value === 'string' ? [[key, valueOf(key, value)]] : [];
    }),
  );
}

function valueOf(key: TrainingConfigKey, text: string): unknown {
  switch (valueName(key)) {
    case 'number':
      return text.trim() === '' ? text : Number(text);
    case 'on|off':
      return text === 'on' ? true : text === 'off' ? false : text;
    default:
      return text;
  }
}

function valueName(key: TrainingConfigKey): string {
  const schema = trainingConfigSchema.shape[key];
  if (schema instanceof z.ZodBoolean) return 'on|off';
  if (schema instanceof z.ZodEnum) return schema.options.join('|');
  return schema instanceof z.ZodString ? 'text' : 'number';
}
