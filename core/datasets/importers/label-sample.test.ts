import { describe, expect, it } from 'vitest';
import { nameKind, sampleNames } from './label-sample.ts';

describe('the kind of a name', () => {
  it.each([
    ['imgs/0012.json', 'imgs/#.json'],
    ['p01/day2/labels.txt', 'p#/day#/labels.txt'],
    ['a_3f9bc01d-00ab.json', 'a_#-#.json'],
    ['person_keypoints_train2017.json', 'person_keypoints_train#.json'],
    ['face.json', 'face.json'],
  ])('of %s is %s', (path, kind) => {
    expect(nameKind(path)).toBe(kind);
  });
});

describe('a sample of names', () => {
  const numbered = Array.from({ length: 1000 }, (_, place) => ({ path: `${place}.json` }));

  it('holds the first and the last of a kind, and every name of its own kind', () => {
    const sample = sampleNames([...numbered, { path: 'labels.json' }]);
    expect(sample).toHaveLength(201);
    expect(sample[0]).toEqual({ item: { path: '0.json' }, standsFor: 5 });
    expect(sample[199].item.path).toBe('999.json');
    expect(sample[200]).toEqual({ item: { path: 'labels.json' }, standsFor: 1 });
  });
});
