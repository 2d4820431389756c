import { describe, expect, it } from 'vitest';
import { keyRows, withKeys } from './keyRows.ts';

describe('keys in the settings', () => {
  it('have no conflicts as the catalogue gives them', () => {
    expect(keyRows({ keys: {} }).filter(({ conflicts }) => conflicts.length > 0)).toEqual([]);
  });

  it('say who else would answer the same ones', () => {
    const rows = keyRows({ keys: withKeys({}, 'library.new', 'CmdOrCtrl+K') });
    const row = (id: string) => rows.find((one) => one.id === id);
    expect(row('library.new')).toMatchObject({ isChanged: true, conflicts: ['Command palette'] });
    expect(row('palette')?.conflicts).toEqual(['New library…']);
  });

  it('let two parts of the window have the same single key, but not one part and the whole', () => {
    const apart = keyRows({ keys: { 'images.pin': 'N' } });
    expect(apart.find(({ id }) => id === 'images.pin')?.conflicts).toEqual([]);
    const met = keyRows({ keys: { 'images.pin': '?' } });
    expect(met.find(({ id }) => id === 'images.pin')?.conflicts).toEqual(['Shortcuts']);
  });

  it('are forgotten where they are the usual ones', () => {
    const changed = withKeys({}, 'palette', 'CmdOrCtrl+P');
    expect(changed).toEqual({ palette: 'CmdOrCtrl+P' });
    expect(withKeys(changed, 'palette', 'CmdOrCtrl+K')).toEqual({});
    expect(withKeys(changed, 'palette', undefined)).toEqual({});
    expect(withKeys({}, 'palette', '')).toEqual({ palette: '' });
  });
});
