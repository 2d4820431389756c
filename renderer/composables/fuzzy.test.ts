import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { userActions } from '../../core/contract/actions.ts';
import { fuzzyScore, fuzzySort } from './fuzzy.ts';

describe('the search of the palette', () => {
  it('finds an action by a part of its name, by initials and by letters left out', () => {
    const titles = userActions.map(({ title }) => title);
    const first = (typed: string): string | undefined => fuzzySort(titles, typed, (title) => title)[0];
    expect(first('palette')).toBe('Command palette');
    expect(first('import syn')).toBe('Import synthetic images…');
    expect(first('exp dat')).toBe('Export the dataset…');
    expect(first('opn lib')).toBe('Open a library…');
    expect(first('zzzz')).toBeUndefined();
  });

  it('leaves the order alone where nothing is typed', () => {
    expect(fuzzySort(['b', 'a'], '  ', (text) => text)).toEqual(['b', 'a']);
  });

  it('finds every text by itself, and only where all letters are there in order', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), fc.string({ maxLength: 8 }), (text, typed) => {
        expect(fuzzyScore(text, text)).toBeDefined();
        const wanted = Array.from(typed.toLowerCase().replaceAll(/\s+/g, ''));
        let place = -1;
        const isThere = wanted.every((letter) => {
          place = text.toLowerCase().indexOf(letter, place + 1);
          return place >= 0;
        });
        expect(fuzzyScore(typed, text) !== undefined).toBe(isThere);
      }),
    );
  });
});
