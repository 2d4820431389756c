import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateFolder } from './state-folder.ts';

describe('state folder', () => {
  it.each([
    ['linux', {}, join(homedir(), '.config', 'simgan-studio')],
    ['linux', { XDG_CONFIG_HOME: '' }, join(homedir(), '.config', 'simgan-studio')],
    ['linux', { XDG_CONFIG_HOME: '/set' }, join('/set', 'simgan-studio')],
    [
      'darwin',
      { XDG_CONFIG_HOME: '/set' },
      join(homedir(), 'Library', 'Application Support', 'simgan-studio'),
    ],
    ['win32', { APPDATA: '/roaming' }, join('/roaming', 'simgan-studio')],
    ['win32', {}, join(homedir(), 'AppData', 'Roaming', 'simgan-studio')],
  ] as const)('is where %s keeps what a user set, with %o', (platform, environment, folder) => {
    expect(stateFolder(environment, platform)).toBe(folder);
  });
});
