import { describe, expect, test } from 'vitest';
import { bestOf, change, columnsOf, written, type MeasureRow } from './measures.ts';

const row = (better: MeasureRow['better'], values: Partial<Record<string, number | null>>): MeasureRow => ({
  measure: 'gaze error',
  help: '',
  unit: '°',
  better,
  values: Object.entries(values).map(([of, value]) => ({
    of: of as MeasureRow['values'][number]['of'],
    value: value ?? null,
    low: null,
    high: null,
    images: null,
  })),
});

describe('measurements side by side', () => {
  const gaze = row('lower', { refined: 6, synthetic: 9.8, 'histogram match': 5.8, real: 3, both: null });

  test('columns stand in one order, and those without a value are left out', () => {
    expect(columnsOf([gaze])).toEqual(['synthetic', 'histogram match', 'refined', 'real']);
  });

  test('only what was made can be the best', () => {
    expect(bestOf(gaze)).toBe('histogram match');
    expect(bestOf(row('higher', { refined: 2, both: 1, synthetic: 9 }))).toBe('refined');
    expect(bestOf(row('none', { refined: 2, both: 1 }))).toBeUndefined();
    expect(bestOf(row('lower', { refined: 2, both: 2 }))).toBeUndefined();
    expect(bestOf(row('lower', { refined: 2, synthetic: 1 }))).toBeUndefined();
  });

  test('better and worse are told against the synthetic images', () => {
    expect(change(gaze, 'refined')).toBe(1);
    expect(change(row('higher', { synthetic: 2, refined: 1 }), 'refined')).toBe(-1);
    expect(change(gaze, 'real')).toBe(0);
    expect(change(gaze, 'both')).toBe(0);
  });

  test('numbers are written with their unit', () => {
    expect(written(99.684, '%')).toBe('99.7 %');
    expect(written(6.0123, '°')).toBe('6.01 °');
    expect(written(0, '')).toBe('0');
    expect(written(4.5e-13, 'px')).toBe('0 px');
  });
});
