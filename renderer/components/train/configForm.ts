import { z } from 'zod';
import { CONFIG_VERSION } from '../../../core/contract/config/migrations.ts';
import { upgradeConfig } from '../../../core/contract/config/read.ts';
import {
  describeField,
  trainingConfigKeys,
  trainingConfigSchema,
  type TrainingConfig,
  type TrainingConfigKey,
} from '../../../core/contract/training-config.ts';
import { digits } from '../../composables/format.ts';
import { text } from '../../text/index.ts';

/** A configuration as a form holds it: every field as text. */
export type ConfigTexts = Readonly<Record<TrainingConfigKey, string>>;

export type FieldErrors = Readonly<Partial<Record<TrainingConfigKey, string>>>;

export type FieldKind =
  | { readonly kind: 'number' | 'text' | 'flag' }
  | { readonly kind: 'choice'; readonly options: readonly string[] };

/** How a field is entered, told from its schema. */
export function kindOfField(key: TrainingConfigKey): FieldKind {
  const schema: z.ZodType = trainingConfigSchema.shape[key];
  if (schema instanceof z.ZodEnum) return { kind: 'choice', options: schema.options.map(String) };
  if (schema instanceof z.ZodUnion) {
    const options = schema.options.flatMap((option) =>
      option instanceof z.ZodLiteral ? [...option.values].map(String) : [],
    );
    return { kind: 'choice', options };
  }
  if (schema instanceof z.ZodBoolean) return { kind: 'flag' };
  return { kind: schema instanceof z.ZodString ? 'text' : 'number' };
}

const numeric = new Set<TrainingConfigKey>(
  trainingConfigKeys.filter((key) => {
    const field = kindOfField(key);
    return (
      field.kind === 'number' ||
      (field.kind === 'choice' && field.options.every((option) => /^\d+$/.test(option)))
    );
  }),
);

/** A field's text as the value that the schema judges. */
export function valueOfText(key: TrainingConfigKey, raw: string): unknown {
  if (kindOfField(key).kind === 'flag') return raw === 'true';
  if (!numeric.has(key)) return raw;
  const trimmed = raw.trim();
  return trimmed === '' ? undefined : Number(trimmed);
}

export function textsOf(config: TrainingConfig): ConfigTexts {
  return Object.fromEntries(trainingConfigKeys.map((key) => [key, String(config[key])])) as ConfigTexts;
}

/** The configuration that a form says, or what is wrong with which field. */
export function readConfig(
  texts: ConfigTexts,
):
  | { readonly config: TrainingConfig; readonly errors: FieldErrors }
  | { readonly config: undefined; readonly errors: FieldErrors } {
  const settings = Object.fromEntries(trainingConfigKeys.map((key) => [key, valueOfText(key, texts[key])]));
  const candidate = { ...settings, configVersion: CONFIG_VERSION };
  const parsed = trainingConfigSchema.safeParse(candidate);
  if (parsed.success) return { config: parsed.data, errors: {} };
  const errors: Partial<Record<TrainingConfigKey, string>> = {};
  for (const issue of parsed.error.issues) {
    const key = issue.path[0] as TrainingConfigKey;
    errors[key] ??= describeIssue(key, issue);
  }
  return { config: undefined, errors };
}

/** What is wrong with one field, in words; undefined where nothing is. */
export function errorOfField(key: TrainingConfigKey, raw: string): string | undefined {
  const parsed = trainingConfigSchema.shape[key].safeParse(valueOfText(key, raw));
  return parsed.success ? undefined : describeIssue(key, parsed.error.issues[0]);
}

function describeIssue(key: TrainingConfigKey, issue: z.core.$ZodIssue): string {
  const { min, max } = describeField(key);
  const isRange = issue.code === 'too_small' || issue.code === 'too_big' || issue.code === 'invalid_type';
  if (!isRange || min === undefined || max === undefined) return sentence(issue.message);
  const whole = issue.code === 'invalid_type' && 'expected' in issue && issue.expected === 'int';
  return text.train.range(digits(min), max.toLocaleString('en'), whole);
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** Reads a configuration written as JSON, by whichever version of the program. The errors name the field that they are about. */
export function parseConfigText(
  json: string,
): { readonly config: TrainingConfig } | { readonly errors: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { errors: [text.train.notJson(error instanceof Error ? error.message : String(error))] };
  }
  let upgraded: unknown;
  try {
    upgraded = upgradeConfig(value, text.train.configText);
  } catch (error) {
    return { errors: [error instanceof Error ? error.message : String(error)] };
  }
  const parsed = trainingConfigSchema.safeParse(upgraded);
  if (parsed.success) return { config: parsed.data };
  return {
    errors: parsed.error.issues.map((issue) => {
      const key = trainingConfigKeys.find((known) => known === issue.path[0]);
      return key === undefined ? sentence(issue.message) : `${key}: ${describeIssue(key, issue)}`;
    }),
  };
}

/** The fields in which two configurations differ, with the texts of the second. */
export function differencesOf(
  from: TrainingConfig,
  to: TrainingConfig,
): Partial<Record<TrainingConfigKey, string>> {
  return Object.fromEntries(
    trainingConfigKeys.filter((key) => from[key] !== to[key]).map((key) => [key, String(to[key])]),
  );
}

/** Values in a list such as "0.01, 0.1, 1", for a probe; what is no value of the field is told. */
export function readList(
  key: TrainingConfigKey,
  list: string,
): { readonly values: (number | string)[]; readonly error: string | undefined } {
  const words = list.split(/[\s,;]+/).filter(Boolean);
  const bad = words.find((word) => errorOfField(key, word) !== undefined);
  if (bad !== undefined) return { values: [], error: `${bad}: ${errorOfField(key, bad) ?? ''}` };
  return { values: words.map((word) => valueOfText(key, word) as number | string), error: undefined };
}
