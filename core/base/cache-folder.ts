import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The program's folder for what can be had again: measurements, downloads. By each system's convention, in the user's
 * own cache; it need not exist yet.
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homedir();
  const base =
    platform === 'win32'
      ? withDefault(environment.LOCALAPPDATA, join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : withDefault(environment.XDG_CACHE_HOME, join(home, '.cache'));
  return join(base, 'simgan-studio');
}

/** An empty variable is one that is not set, says the XDG specification. */
export function withDefault(value: string | undefined, otherwise: string): string {
  return value === undefined || value === '' ? otherwise : value;
}
