import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const peersFolder = join(import.meta.dirname, '..', 'peers');

/** The Python of the peers' environment; an Error that names the script that makes it where it is not there. */
export function peersPython(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const path = join(process.env.SIMGAN_PEERS ?? join(cache, 'simgan-studio-peers'), 'venv/bin/python');
  if (!existsSync(path)) throw new Error(`There are no peers. Run ${join(peersFolder, 'setup.sh')} first.`);
  return path;
}
