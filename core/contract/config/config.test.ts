import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { presetNamed } from '../../../test/reference/cases.ts';
import { completeConfig, trainingConfigKeys } from '../training-config.ts';
import { descriptionOf, flag, number } from './field.ts';
import { trainingConfigFields } from './fields.ts';
import { CONFIG_VERSION, migrateConfig, migrations, type Migration, type PlainConfig } from './migrations.ts';
import { isWhole, readSettings, readTrainingConfig, storedConfigSchema } from './read.ts';
import { strictShape, withDefaults } from './shape.ts';

/** As `simgan train --show-config` of version 1 printed it. */
const version1 = JSON.parse(
  readFileSync(
    join(import.meta.dirname, '..', '..', '..', 'test', 'fixtures', 'version-1', 'config.json'),
    'utf8',
  ),
) as PlainConfig;
const current = presetNamed('test');
const subject = 'The training config of run 3';

describe('reading a stored configuration', () => {
  test('keeps what this version wrote', () => {
    expect(readTrainingConfig(JSON.parse(JSON.stringify(current)), subject)).toEqual(current);
  });

  test('keeps every setting of version 1', () => {
    const read = readTrainingConfig(version1, subject);
    expect(read).toMatchObject({ ...version1, configVersion: CONFIG_VERSION });
    expect(Object.keys(read).sort()).toEqual(['configVersion', ...trainingConfigKeys].sort());
  });

  test.each<[unknown, string, string]>([
    [
      { ...current, configVersion: CONFIG_VERSION + 5 },
      'too-new',
      `${subject} was made by a newer version of SimGAN Studio (config version ${CONFIG_VERSION + 5}, this program reads up to ${CONFIG_VERSION}).`,
    ],
    [
      { ...current, configVersion: '2' },
      'bad-input',
      `${subject} is not valid: configVersion must be a whole number of at least 1.`,
    ],
    [
      { ...current, configVersion: 0 },
      'bad-input',
      `${subject} is not valid: configVersion must be a whole number of at least 1.`,
    ],
    [{ ...current, kg: 0 }, 'bad-input', `${subject} is not valid: kg must be at least 1.`],
    [{ ...version1, steps: undefined }, 'bad-input', `${subject} is not valid: steps is missing.`],
    [
      { ...current, glow: 1 },
      'bad-input',
      `${subject} is not valid: it has fields that are not known: glow.`,
    ],
    [[], 'bad-input', `${subject} is not valid: it must be an object with named fields.`],
    [null, 'bad-input', `${subject} is not valid: it must be an object with named fields.`],
  ])('refuses %j in words', (stored, code, message) => {
    const remedy: unknown = expect.stringMatching(/pdate the program/);
    expect(() => readTrainingConfig(stored, subject)).toThrow(
      expect.objectContaining({ code, message, remedy }),
    );
  });

  test('says so of a part of a larger record', () => {
    expect(storedConfigSchema.parse(version1)).toEqual(readTrainingConfig(version1, subject));
    const { error } = storedConfigSchema.safeParse({ ...current, configVersion: 70 });
    expect(error?.issues[0].message).toMatch(/^was made by a newer version/);
  });
});

describe('some settings', () => {
  test('are read as they were stored, without defaults', () => {
    expect(readSettings({ lambda: 0.25 }, subject)).toEqual({ lambda: 0.25 });
    expect(readSettings({ lambda: 0.25, configVersion: CONFIG_VERSION }, subject)).toEqual({ lambda: 0.25 });
    expect(() => readSettings({ lambda: -1 }, subject)).toThrow('lambda must be at least 0');
    expect(() => readSettings({ configVersion: 70 }, subject)).toThrow('config version 70');
  });

  test('are a whole configuration where nothing without a default is missing', () => {
    expect(isWhole(version1)).toBe(true);
    expect(isWhole(current)).toBe(true);
    expect(isWhole({ ...version1, seed: undefined })).toBe(false);
    expect(isWhole({ lambda: 1 })).toBe(false);
  });
});

describe('migrations', () => {
  const steps: Migration[] = [
    ...migrations,
    ({ lambda, ...rest }) => (lambda === undefined ? rest : { ...rest, weight: lambda }),
    (config) => ({
      ...config,
      ...(config.weight === undefined ? {} : { weight: Number(config.weight) * 2 }),
    }),
  ];

  test.each([
    [
      { lambda: 1, kg: 2 },
      { weight: 2, kg: 2 },
    ],
    [{ lambda: 1, configVersion: CONFIG_VERSION }, { weight: 2 }],
    [{ weight: 1, configVersion: CONFIG_VERSION + 1 }, { weight: 2 }],
    [{ weight: 1, configVersion: CONFIG_VERSION + 2 }, { weight: 1 }],
    [{ kg: 2 }, { kg: 2 }],
  ])('take %j through every later version: %j', (stored, expected) => {
    const before = structuredClone(stored);
    expect(migrateConfig(stored, subject, steps)).toEqual(expected);
    expect(stored).toEqual(before);
  });
});

describe('a setting that is added', () => {
  const glow = number(0, 1, { label: 'Glow', help: 'How bright the halo is.', group: 'networks' });
  const fields = {
    ...trainingConfigFields,
    glow: glow.default(0.25),
    halo: flag({ ...words() }).default(false),
  };

  test('needs one entry: older configurations get its default, and newer ones must name it', () => {
    expect(withDefaults(version1, fields)).toEqual({
      ...withDefaults(version1, trainingConfigFields),
      glow: 0.25,
      halo: false,
    });
    expect(withDefaults({ ...version1, glow: 0.5 }, fields)).toMatchObject({ glow: 0.5 });
    const strict = strictShape(fields);
    expect(strict.glow.safeParse(undefined).success).toBe(false);
    expect(strict.glow.safeParse(2).success).toBe(false);
    expect(descriptionOf(strict.glow)).toMatchObject({ label: 'Glow', min: 0, max: 1 });
    expect(descriptionOf(strict.halo)).toMatchObject(words());
  });

  test('may be left to its default by a preset', () => {
    const { configVersion, ...settings } = current;
    expect(completeConfig(settings)).toEqual({ ...settings, configVersion });
  });

  function words() {
    return { label: 'Halo', help: 'Draws a halo.', group: 'networks' as const };
  }
});
