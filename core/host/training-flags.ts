import { Option, type Command } from 'commander';
import { z } from 'zod';
import { StudioError } from '../base/studio-error.ts';
import {
  describeField,
  trainingConfigKeys,
  trainingConfigSchema,
  type FieldGroup,
  type TrainingConfig,
  type TrainingConfigKey,
} from '../contract/training-config.ts';

/** `refinerLearningRate` → `--refiner-learning-rate`. */
export function flagOf(key: TrainingConfigKey): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

const GROUP_TITLES: Record<FieldGroup, string> = {
  networks: 'Networks:',
  losses: 'Losses:',
  history: 'History buffer:',
  algorithm: 'Algorithm 1:',
  optimizer: 'Optimizer:',
  record: 'Record:',
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

/** A configuration from its sources, the later ones first in rank: preset, file, flags. */
export function trainingConfigFrom(
  preset: TrainingConfig,
  file: unknown,
  flags: Readonly<Record<string, unknown>>,
): TrainingConfig {
  const given = Object.fromEntries(
    trainingConfigKeys.flatMap((key): [TrainingConfigKey, unknown][] =>
      typeof flags[key] === 'string' ? [[key, valueOf(key, flags[key])]] : [],
    ),
  );
  const fromFile = z.record(z.string(), z.unknown()).safeParse(file ?? {});
  if (!fromFile.success) {
    throw new StudioError('bad-usage', 'The configuration file does not hold a JSON object.', {
      remedy: 'Write it as {"lambda": 0.5, "steps": 2000}; "simgan train --show-config" prints a whole one.',
    });
  }
  const parsed = trainingConfigSchema.safeParse({ ...preset, ...fromFile.data, ...given });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const key = trainingConfigKeys.find((name) => name === issue.path[0]);
    return `${key ? flagOf(key) : 'the configuration'}: ${issue.message}`;
  });
  throw new StudioError('bad-usage', `The training configuration does not fit.\n  ${problems.join('\n  ')}`, {
    remedy: 'See "simgan train --help" for what each field takes.',
  });
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
