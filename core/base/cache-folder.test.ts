import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from './cache-folder.ts';

test('the cache lies where each system keeps such things, and where the user says', () => {
  expect(cacheFolder({}, 'linux')).toBe(join(homedir(), '.cache', 'simgan-studio'));
  expect(cacheFolder({ XDG_CACHE_HOME: '/fast' }, 'linux')).toBe(join('/fast', 'simgan-studio'));
  expect(cacheFolder({ XDG_CACHE_HOME: '' }, 'linux')).toBe(join(homedir(), '.cache', 'simgan-studio'));
  expect(cacheFolder({}, 'darwin')).toBe(join(homedir(), 'Library', 'Caches', 'simgan-studio'));
  expect(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32')).toBe(join('/local', 'simgan-studio'));
});
