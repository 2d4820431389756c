import { describe, expect, test } from 'vitest';
import { presetNamed } from '../../test/reference/cases.ts';
import {
  describeField,
  parseDiscriminatorLayers,
  trainingConfigKeys,
  trainingConfigSchema,
  type TrainingConfig,
} from './training-config.ts';

const valid: TrainingConfig = { ...presetNamed('paper-eye'), historyCapacity: 256 };

/** The complaint about one changed field: where, and what. */
function complaint(change: Partial<Record<keyof TrainingConfig, unknown>>): string[] {
  const result = trainingConfigSchema.safeParse({ ...valid, ...change });
  return result.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
}

describe('training configuration', () => {
  test('takes what is valid as it is', () => {
    expect(trainingConfigSchema.parse(valid)).toEqual(valid);
    expect(['configVersion', ...trainingConfigKeys].sort()).toEqual(Object.keys(valid).sort());
  });

  test.each(trainingConfigKeys)('describes %s in one line, with its range', (key) => {
    const { label, help, min, max } = describeField(key);
    expect(label).not.toBe('');
    expect(help.length).toBeGreaterThan(10);
    expect(help.length).toBeLessThanOrEqual(160);
    if (min === undefined || max === undefined) return;
    for (const inside of [min, max]) expect(complaint({ [key]: inside }).join()).not.toMatch(`${key}: Too`);
    for (const outside of [min - 1, max + 1]) expect(complaint({ [key]: outside }).join()).toMatch(`${key}:`);
  });

  test.each([
    [{ kg: 0 }, ['kg: Too small: expected number to be >=1']],
    [{ lambda: 1001 }, ['lambda: Too big: expected number to be <=1000']],
    [{ widthPx: 7 }, ['widthPx: Too small: expected number to be >=8']],
    [{ steps: 1.5 }, ['steps: Invalid input: expected int, received number']],
    [{ lambda: NaN }, ['lambda: Invalid input: expected number, received NaN']],
    [{ psi: 'pixels' }, ['psi: Invalid option: expected one of "identity"|"derivatives"|"channel-mean"']],
    [{ batchSize: 7 }, ['batchSize: must be even: the buffer gives one half']],
    [{ historyCapacity: 255 }, ['historyCapacity: must hold at least half a batch']],
    [{ history: 'yes' }, ['history: Invalid input: expected boolean, received string']],
  ])('says which field is wrong and what it may be: %j', (change, expected) => {
    expect(complaint(change)).toEqual(expected);
  });

  test('names a field that there is not', () => {
    expect(complaint({ ...({ learningrate: 1 } as object) })).toEqual([': Unrecognized key: "learningrate"']);
  });
});

describe('discriminator layers', () => {
  test('are read from words', () => {
    expect(parseDiscriminatorLayers(' 7x7/4:96  pool3x3/2 1x1:32 ')).toEqual([
      { kind: 'convolution', kernelPx: 7, stride: 4, features: 96 },
      { kind: 'max-pool', kernelPx: 3, stride: 2 },
      { kind: 'convolution', kernelPx: 1, stride: 1, features: 32 },
    ]);
  });

  test.each([
    '',
    '3x3',
    '3x5:8',
    'pool3x3',
    '3x3/2',
    '3x3:8,1x1:8',
    '0x0:8',
    '3x3/0:8',
    '3x3:0',
    'pool2x2/0',
  ])('refuses "%s"', (text) => {
    expect(complaint({ discriminatorLayers: text })).toEqual([
      'discriminatorLayers: write layers as 3x3/2:96 (kernel/stride:features) or pool3x3/2, with spaces between',
    ]);
  });

  test('a stride larger than its kernel', () => {
    expect(complaint({ discriminatorLayers: '1x1/2:8' })).toEqual([
      'discriminatorLayers: a stride larger than its kernel leaves pixels out',
    ]);
  });
});
