import { describe, expect, it } from 'vitest';
import { crumbsOf, folderOf, joined, lastPart } from './paths.ts';

describe('paths', () => {
  it('are joined and taken apart on every system', () => {
    expect(joined('/', 'home')).toBe('/home');
    expect(joined('/home/me', 'Eyes 日本')).toBe('/home/me/Eyes 日本');
    expect(joined('C:\\Data', 'Eyes')).toBe('C:\\Data\\Eyes');
    expect(lastPart('/home/me/Renders/')).toBe('Renders');
    expect(lastPart('C:\\Data\\Eyes')).toBe('Eyes');
    expect(folderOf('/home/me')).toBe('/home');
    expect(folderOf('/home')).toBe('/');
  });

  it('lead from their root', () => {
    expect(crumbsOf('/home/me/data', ['/', '/home/me'])).toEqual([
      { name: 'me', path: '/home/me' },
      { name: 'data', path: '/home/me/data' },
    ]);
    expect(crumbsOf('/home', ['/'])).toEqual([
      { name: '/', path: '/' },
      { name: 'home', path: '/home' },
    ]);
    expect(crumbsOf('/home/meadow', ['/home/me'])).toEqual([{ name: 'meadow', path: '/home/meadow' }]);
  });
});
