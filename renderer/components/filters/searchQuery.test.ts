import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changed, numericColumns, withColumnRange, type ImageFilter } from './imageSearch.ts';
import { searchFromQuery, searchToQuery, type PickedImages } from './searchQuery.ts';

function keeper(): PickedImages {
  const kept = new Map<string, readonly number[]>();
  return {
    put(imageIds) {
      const name = String(kept.size);
      kept.set(name, imageIds);
      return name;
    },
    get: (name) => kept.get(name),
  };
}

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' });
const ids = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 5 });
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => (value === 0 ? 0 : value));
const range = fc.oneof(
  fc.record({ from: number, to: number }),
  fc.record({ from: number }),
  fc.record({ to: number }),
);
const filter = fc.record(
  {
    datasetIds: ids,
    role: fc.constantFrom('synthetic' as const, 'real' as const),
    split: fc.constantFrom('train' as const, 'test' as const),
    annotationKind: fc.constantFrom('gaze' as const, 'keypoints' as const, 'category' as const),
    categories: fc.array(word, { minLength: 1, maxLength: 3 }),
    tags: fc.array(word, { minLength: 1, maxLength: 3 }),
    visibleJoint: fc.nat(60),
    duplicate: fc.boolean(),
    excluded: fc.boolean(),
    missing: fc.boolean(),
    corrected: fc.boolean(),
    pathContains: word,
    imageIds: ids,
    ranges: fc
      .array(fc.tuple(fc.constantFrom(...numericColumns), range), { minLength: 1, maxLength: 3 })
      .map((entries) => Object.fromEntries(entries)),
  },
  { requiredKeys: [] },
);
const sort = fc.record({
  by: fc.constantFrom('id' as const, 'path' as const, ...numericColumns),
  descending: fc.constant(true),
});

describe('a search in the address', () => {
  it('is the same search when it is read again', () => {
    fc.assert(
      fc.property(filter, sort, (wanted, order) => {
        const picked = keeper();
        const search = { filter: wanted as ImageFilter, sort: order };
        expect(searchFromQuery(searchToQuery(search, picked), picked)).toEqual(search);
      }),
    );
  });

  it('says nothing for all images in their usual order', () => {
    expect(searchToQuery({ filter: {}, sort: { by: 'id' } }, keeper())).toEqual({});
  });

  it('keeps what can be read of a damaged address', () => {
    const query = {
      role: 'martian',
      set: ['1', 'x'],
      yawRad: '0.1..',
      tag: 'good',
      sort: '-nothing',
      picked: '9',
    };
    expect(searchFromQuery(query, keeper())).toEqual({
      filter: { tags: ['good'], ranges: { yawRad: { from: 0.1 } } },
      sort: { by: 'id' },
    });
  });
});

describe('changing a filter', () => {
  it('takes parts away without leaving a trace', () => {
    expect(changed({ role: 'real', excluded: true }, { excluded: undefined })).toEqual({ role: 'real' });
    const one = withColumnRange({}, 'greyMean', { from: 10 });
    expect(one).toEqual({ ranges: { greyMean: { from: 10 } } });
    expect(withColumnRange(one, 'greyMean', undefined)).toEqual({});
  });
});
