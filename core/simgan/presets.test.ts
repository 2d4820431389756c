import { describe, expect, test } from 'vitest';
import { trainingConfigSchema } from '../contract/training-config.ts';
import { discriminatorMap } from './discriminator-map.ts';
import { presets } from './presets.ts';

describe('presets', () => {
  test('are those of the program, each with its own name and title', () => {
    expect(presets.map(({ name }) => name)).toEqual([
      'eye-small',
      'hand-small',
      'paper-eye',
      'paper-hand',
      'test',
    ]);
    expect(new Set(presets.map(({ title }) => title)).size).toBe(presets.length);
  });

  test.each(presets)('$name is a whole and valid configuration whose layers fit its images', ({ config }) => {
    expect(trainingConfigSchema.parse(config)).toEqual(config);
    expect(discriminatorMap(config).patches).toBeGreaterThan(1);
  });
});
