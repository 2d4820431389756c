import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../contract/operations/studio.ts';
import { temporaryFolder } from '../../../library/temporary-library.ts';
import { openSettings } from './settings-store.ts';

test('changes are kept, together and one after the other', async () => {
  using folder = temporaryFolder();
  const notes: string[] = [];
  const store = openSettings(folder.path, (text) => notes.push(text));
  expect(store.get()).toEqual(DEFAULT_SETTINGS);
  await Promise.all([
    store.set({ theme: 'dark' }),
    store.set({ zoom: 150 }),
    store.set({ theme: undefined }),
  ]);
  const changed = { ...DEFAULT_SETTINGS, theme: 'dark', zoom: 150 };
  expect(store.get()).toEqual(changed);
  expect(openSettings(folder.path, (text) => notes.push(text)).get()).toEqual(changed);
  expect(notes).toEqual([]);
});

test('a value that cannot be is its default, the others stay, and it is said', () => {
  using folder = temporaryFolder();
  const settings = { theme: 'pink', zoom: 120, keys: { palette: 'Mod+P' } };
  writeFileSync(join(folder.path, 'settings.json'), JSON.stringify({ version: 1, settings }));
  const notes: string[] = [];
  const store = openSettings(folder.path, (text) => notes.push(text));
  expect(store.get()).toEqual({ ...DEFAULT_SETTINGS, zoom: 120, keys: { palette: 'Mod+P' } });
  expect(notes).toEqual([expect.stringContaining('"theme"')]);
});

test('what a newer program wrote stays in the file', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'settings.json');
  writeFileSync(path, JSON.stringify({ version: 2, settings: { theme: 'light', hologram: true } }));
  const store = openSettings(folder.path, () => undefined);
  expect(store.get().theme).toBe('light');
  await store.set({ zoom: 90 });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ settings: { zoom: 90, hologram: true } });
});

test('a damaged file is kept under another name, and the settings are the defaults', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'settings.json'), '{"version":1,"settings":{"the');
  const notes: string[] = [];
  const store = openSettings(folder.path, (text) => notes.push(text));
  expect(store.get()).toEqual(DEFAULT_SETTINGS);
  expect(notes).toHaveLength(1);
  await store.set({ theme: 'dark' });
  const aside = readdirSync(folder.path).find((name) => name.includes('damaged'));
  expect(readFileSync(join(folder.path, aside ?? ''), 'utf8')).toContain('"the');
});
