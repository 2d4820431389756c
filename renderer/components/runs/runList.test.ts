import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleRun } from './run.fixture.ts';
import { rowsOf, type ListOptions } from './runList.ts';

const options = (changes: Partial<ListOptions> = {}): ListOptions => ({
  show: 'active',
  filter: '',
  sort: 'made',
  descending: false,
  ...changes,
});
const family = [
  exampleRun({ id: 1, name: 'run 1' }),
  exampleRun({ id: 2, name: 'run 10', tags: ['low lambda'] }),
  exampleRun({ id: 3, name: 'branch', parent: { runId: 1, step: 100 } }),
  exampleRun({ id: 4, name: 'branch of a branch', parent: { runId: 3, step: 200 }, notes: 'sharp irises' }),
  exampleRun({ id: 5, name: 'run 2', archived: true }),
  exampleRun({ id: 6, name: 'gone', trashed: true, archived: true }),
];
const names = (changes: Partial<ListOptions> = {}) =>
  rowsOf(family, options(changes)).map(({ run, depth }) => `${'>'.repeat(depth)}${run.name}`);

test('branches stand below what they came from', () => {
  expect(names()).toEqual(['run 1', '>branch', '>>branch of a branch', 'run 10']);
  expect(names({ sort: 'name', descending: true })).toEqual([
    'run 10',
    'run 1',
    '>branch',
    '>>branch of a branch',
  ]);
});

test('the smallest error on real images comes first, what was not measured last', () => {
  const measured = { step: 8, unit: '°', deviation: 0.2, before: 9, toneCurve: 6.2, whyNot: '' };
  const runs = [
    exampleRun({ id: 1, name: 'not measured' }),
    exampleRun({ id: 2, name: 'good', downstream: { ...measured, error: 7 } }),
    exampleRun({ id: 3, name: 'no labels', downstream: { ...measured, error: null, whyNot: 'no labels' } }),
    exampleRun({ id: 4, name: 'best', downstream: { ...measured, error: 6.5 } }),
  ];
  expect(rowsOf(runs, options({ sort: 'downstream' })).map(({ run }) => run.name)).toEqual([
    'best',
    'good',
    'not measured',
    'no labels',
  ]);
});

test('archive and trash are looked at by themselves', () => {
  expect(names({ show: 'archived' })).toEqual(['run 2']);
  expect(names({ show: 'trashed' })).toEqual(['gone']);
});

test('every word of the filter has to be somewhere in it', () => {
  expect(names({ filter: 'irises SHARP' })).toEqual(['branch of a branch']);
  expect(names({ filter: 'low lambda' })).toEqual(['run 10']);
  expect(names({ filter: 'nothing like it' })).toEqual([]);
});

test('every run is shown in exactly one place, whoever its parent is', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat({ max: 30 })), { maxLength: 30 }), (parents) => {
      const runs = parents.map((parent, place) =>
        exampleRun({
          id: place + 1,
          // A parent is always older.
          parent: parent === null ? null : { runId: Math.min(parent, place), step: 1 },
        }),
      );
      const ids = rowsOf(runs, options()).map(({ run }) => run.id);
      expect(ids.toSorted((left, right) => left - right)).toEqual(runs.map(({ id }) => id));
    }),
  );
});
