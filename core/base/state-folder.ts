import { homedir } from 'node:os';
import { join } from 'node:path';
import { withDefault } from './cache-folder.ts';

/**
 * The program's folder for what a user set and would miss: settings, own presets, recent libraries, logs. By each
 * system's convention; it need not exist yet.
 */
export function stateFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homedir();
  const base =
    platform === 'win32'
      ? withDefault(environment.APPDATA, join(home, 'AppData', 'Roaming'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Application Support')
        : withDefault(environment.XDG_CONFIG_HOME, join(home, '.config'));
  return join(base, 'simgan-studio');
}
