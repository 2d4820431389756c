import { describe, expect, test } from 'vitest';
import { trainingConfigKeys, type TrainingConfig } from '../../../core/contract/training-config.ts';
import { exampleConfig as config } from './config.fixture.ts';
import {
  differencesOf,
  errorOfField,
  kindOfField,
  parseConfigText,
  readConfig,
  readList,
  textsOf,
} from './configForm.ts';

describe('a form', () => {
  test('holds a configuration without loss, small numbers too', () => {
    expect(readConfig(textsOf(config))).toEqual({ config, errors: {} });
  });

  test('knows how every field is entered', () => {
    const kinds = Object.fromEntries(trainingConfigKeys.map((key) => [key, kindOfField(key)]));
    expect(kinds.lambda).toEqual({ kind: 'number' });
    expect(kinds.history).toEqual({ kind: 'flag' });
    expect(kinds.channels).toEqual({ kind: 'choice', options: ['1', '3'] });
    expect(kinds.refinerKernelPx).toEqual({ kind: 'choice', options: ['3', '5', '7'] });
    expect(kinds.optimizer).toEqual({ kind: 'choice', options: ['sgd', 'momentum', 'adam'] });
    expect(kinds.discriminatorLayers).toEqual({ kind: 'text' });
  });

  test('says at the field what is wrong, and that nothing else is', () => {
    const { config: read, errors } = readConfig({
      ...textsOf(config),
      lambda: '-1',
      kg: '1.5',
      batchSize: '3',
    });
    expect(read).toBeUndefined();
    expect(Object.keys(errors).sort()).toEqual(['batchSize', 'kg', 'lambda']);
    expect(errors.lambda).toContain('0');
    expect(errors.kg).toContain('whole');
    expect(errors.batchSize).toContain('even');
  });

  test('says of fields that do not fit together which one has to change', () => {
    const { errors } = readConfig({ ...textsOf(config), batchSize: '64', historyCapacity: '8' });
    expect(errors.historyCapacity).toContain('half a batch');
  });

  test('an empty number is no number', () => {
    expect(errorOfField('steps', '')).toBeDefined();
    expect(errorOfField('steps', 'many')).toBeDefined();
    expect(errorOfField('steps', '10')).toBeUndefined();
  });
});

describe('a configuration as text', () => {
  test('is read as it was written', () => {
    expect(parseConfigText(JSON.stringify(config))).toEqual({ config });
    // As version 1 wrote it.
    expect(parseConfigText(JSON.stringify({ ...config, configVersion: undefined }))).toEqual({ config });
  });

  test('what is wrong is told with the name of its field', () => {
    const wrong = { ...config, lambda: -1, colour: 'blue' };
    const parsed = parseConfigText(JSON.stringify(wrong));
    const errors = 'errors' in parsed ? parsed.errors : [];
    expect(errors.some((words) => words.startsWith('lambda: '))).toBe(true);
    expect(errors.some((words) => words.includes('colour'))).toBe(true);
    expect(parseConfigText('{')).toHaveProperty('errors');
    expect(parseConfigText('{"configVersion":70}')).toEqual({
      errors: [expect.stringContaining('newer version of SimGAN Studio (config version 70')],
    });
  });
});

test('differences are those of the second configuration', () => {
  const other: TrainingConfig = { ...config, lambda: 7, history: !config.history };
  expect(differencesOf(config, other)).toEqual({ lambda: '7', history: String(!config.history) });
  expect(differencesOf(config, config)).toEqual({});
});

test('lists of values for a probe', () => {
  expect(readList('lambda', '0.01, 0.1 1')).toEqual({ values: [0.01, 0.1, 1], error: undefined });
  expect(readList('psi', 'identity,derivatives').values).toEqual(['identity', 'derivatives']);
  expect(readList('kg', '1, x').error).toContain('x');
  expect(readList('kg', ' ').values).toEqual([]);
});
