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
      ? (environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : (environment.XDG_CACHE_HOME ?? join(home, '.cache'));
  return join(base, 'simgan-studio');
}
