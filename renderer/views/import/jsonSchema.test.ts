import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { readSchema, withOption, wordsOf } from './jsonSchema.ts';

/** Written as the importers write theirs: all kinds of options that there are. */
const options = z.strictObject({
  table: z.string().min(1).optional(),
  level: z.enum(['first', 'last']).default('first'),
  categories: z.array(z.string().min(1)).min(1).optional(),
  every: z.int().optional(),
  gaze: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('vector'), x: z.string(), flipX: z.boolean().default(false) }),
      z.strictObject({ kind: z.literal('angles'), pitch: z.string(), unit: z.enum(['degrees', 'radians']) }),
    ])
    .optional(),
  keypoints: z.strictObject({ prefix: z.string().default('k') }).optional(),
});
const read = readSchema(z.toJSONSchema(options, { io: 'input' }));

describe('options of a format', () => {
  it('have a control of their kind', () => {
    expect(read.kind).toBe('group');
    expect(Object.fromEntries(read.options.map(({ name, schema }) => [name, schema.kind]))).toEqual({
      table: 'text',
      level: 'choice',
      categories: 'list',
      every: 'number',
      gaze: 'variants',
      keypoints: 'group',
    });
    expect(read.options.find(({ name }) => name === 'level')?.schema).toMatchObject({
      choices: ['first', 'last'],
      preset: 'first',
    });
    expect(readSchema({ type: 'null' }).kind).toBe('unknown');
  });

  it('tell variants apart and which fields each needs', () => {
    const gaze = read.options.find(({ name }) => name === 'gaze')?.schema;
    expect(gaze?.variants.map(({ name }) => name)).toEqual(['vector', 'angles']);
    const [vector, angles] = gaze?.variants.map(({ schema }) => schema.options) ?? [];
    expect(angles).toContainEqual(expect.objectContaining({ name: 'unit', isNeeded: true }));
    expect(vector.map(({ name, isNeeded }) => [name, isNeeded])).toEqual([
      ['x', true],
      ['flipX', false],
    ]);
  });

  it('are named in words and left out when they are empty', () => {
    expect(wordsOf('imageFolder')).toBe('Image folder');
    expect(wordsOf('flipX')).toBe('Flip x');
    expect(withOption({ a: 1, b: 2 }, 'a', undefined)).toEqual({ b: 2 });
    expect(withOption({ b: 2 }, 'a', false)).toEqual({ b: 2, a: false });
  });
});
