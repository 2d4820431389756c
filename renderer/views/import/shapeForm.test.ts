import { describe, expect, it } from 'vitest';
import { preprocessingSchema } from '../../../core/contract/preprocessing.ts';
import { formOf, shapeFor, shapeOf } from './shapeForm.ts';

describe('the shape of an import', () => {
  it('begins with the commonest size, made smaller where it is large', () => {
    const eye = { widthPx: 55, heightPx: 35 };
    expect(shapeFor([{ widthPx: 640, heightPx: 480 }, eye, eye])).toMatchObject({
      width: '55',
      height: '35',
    });
    expect(shapeFor([{ widthPx: 640, heightPx: 480 }])).toMatchObject({ width: '64', height: '48' });
  });

  it('is always one that the studio takes', () => {
    const form = { ...shapeFor([]), channels: 3, equalise: true } as const;
    const depth = { encoding: 'grey', foregroundOffsetMm: 500, windowMm: 1500, invalidMm: [2001] } as const;
    for (const shape of [
      shapeOf(form, null),
      shapeOf(form, { ...depth, invalidMm: [2001] }),
      shapeOf({ ...form, channels: 1 }, null),
    ]) {
      expect(preprocessingSchema.safeParse(shape).error).toBeUndefined();
    }
  });

  it('comes back from its form as it was', () => {
    const shape = {
      widthPx: 55,
      heightPx: 35,
      channels: 1,
      bitDepth: 8,
      fit: 'cover',
      equalise: true,
    } as const;
    expect(shapeOf(formOf(shape), null)).toEqual(shape);
  });

  it('waits while the size is no number', () => {
    expect(shapeOf({ ...shapeFor([]), width: '5x' }, null)).toBeUndefined();
    expect(shapeOf({ ...shapeFor([]), height: '0' }, null)).toBeUndefined();
  });
});
