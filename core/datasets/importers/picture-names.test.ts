import { describe, expect, it } from 'vitest';
import { createPictureNames, type NameMatch } from './picture-names.ts';

const ROOT = '/data/set';

const matchIn = (pictures: readonly string[], written: string, from = ''): NameMatch =>
  createPictureNames(ROOT, pictures).match(written, from);

describe('a name', () => {
  it.each([
    ['a.png', '', 'exact'],
    ['./a.png', '', 'exact'],
    ['/data/set/a.png', '', 'exact'],
    ['file:///data/set/a.png', '', 'spelling'],
    ['../a.png', 'labels', 'exact'],
    ['A.PNG', '', 'spelling'],
    ['sub\\b c.png', '', 'spelling'],
    ['sub/b%20c.png', '', 'spelling'],
    ['a', '', 'extension'],
    ['a.jpg', '', 'extension'],
    ['b c.png', '', 'folder'],
  ] as const)('%j, written in the folder %j, stands for a picture: %s', (written, from, way) => {
    expect(matchIn(['a.png', 'sub/b c.png'], written, from)).toMatchObject({ way });
  });

  it('is taken from the folder of the label file first, then from the root', () => {
    expect(matchIn(['a.png', 'x/a.png'], 'a.png', 'x')).toEqual({ path: 'x/a.png', way: 'exact' });
    expect(matchIn(['a.png', 'x/b.png'], 'a.png', 'x')).toEqual({ path: 'a.png', way: 'exact' });
  });

  it('is one in both Unicode forms', () => {
    const stored = 'é.png'.normalize('NFD');
    expect(matchIn([stored], 'é.png'.normalize('NFC'))).toEqual({ path: stored, way: 'spelling' });
  });

  it('that fits several pictures fits none', () => {
    expect(matchIn(['x/a.png', 'y/a.png'], 'a.png')).toEqual({
      problem: 'several',
      paths: ['x/a.png', 'y/a.png'],
    });
    expect(matchIn(['a.png', 'a.jpg'], 'a.webp')).toMatchObject({ problem: 'several' });
    expect(matchIn(['A.png', 'a.PNG'], 'a.png')).toMatchObject({ problem: 'several' });
  });

  it('with a colon does not lead out, one above the root does', () => {
    expect(matchIn(['a:b*.png'], 'a:b*.png')).toEqual({ path: 'a:b*.png', way: 'exact' });
    expect(matchIn(['x.png'], 'a:b*.png')).toEqual({ problem: 'missing' });
    for (const written of ['../x.png', '/etc/x.png', 'C:\\x.png']) {
      expect(matchIn(['x.png'], written)).toEqual({ problem: 'outside' });
    }
  });

  it('of another person is not given to a picture of the same file name', () => {
    expect(matchIn(['p01/0.png'], 'p02/0.png')).toEqual({ problem: 'missing' });
  });
});

describe('the start that names share', () => {
  it.each([
    ['of another computer', ['C:\\me\\set\\a.png', 'C:\\me\\set\\b.png'], 'C:/me/set/'],
    ['that is the folder itself', ['set/a.png', 'set/b.png'], 'set/'],
    ['of an address', ['https://x.org/set/a.png', 'https://x.org/set/b.png'], 'https://x.org/set/'],
  ])('is found and taken off: %s', (_, written, prefix) => {
    const names = createPictureNames(ROOT, ['a.png', 'b.png']);
    expect(names.learnPrefix(written, '')).toBe(prefix);
    expect(names.match(written[0], '', { stripPrefix: prefix })).toEqual({ path: 'a.png', way: 'prefix' });
  });

  it('is not taken off where no picture is found without it', () => {
    const names = createPictureNames(ROOT, ['p01/0.png']);
    expect(names.learnPrefix(['p02/0.png', 'p02/1.png'], '')).toBeUndefined();
  });

  it('is not applied with exact names only', () => {
    const names = createPictureNames(ROOT, ['a.png']);
    expect(names.match('set/a.png', '', { stripPrefix: 'set/', exactOnly: true })).toEqual({
      problem: 'missing',
    });
  });
});
