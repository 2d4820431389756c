import { expect, it } from 'vitest';
import { countGroups } from './map.ts';

it('counts kinds in each group, groups in order', () => {
  expect(countGroups({ cluster: [2, 0, 2, 2], set: ['real', 'synthetic', 'real', 'refined'] })).toEqual([
    { cluster: 0, counts: { synthetic: 1, real: 0, refined: 0 } },
    { cluster: 2, counts: { synthetic: 0, real: 2, refined: 1 } },
  ]);
});
