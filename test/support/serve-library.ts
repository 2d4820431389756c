import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const ENTRY = join(import.meta.dirname, '..', '..', 'core', 'host', 'simgan.cjs');

export interface Host {
  readonly url: string;
  readonly processId: number;
  readonly end: () => Promise<void>;
}

/** Serves a library's folder by `simgan serve`, with a home of its own in `folder`. */
export async function serveLibrary(folder: string, library: string): Promise<Host> {
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });
  const child = spawn(
    process.execPath,
    [ENTRY, 'serve', '--port', '0', '--root', dirname(library), '--library', library],
    { cwd: folder, env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home } },
  );
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\/\/\S+token=\S+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`The host ended: ${said}`)));
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    url,
    processId: child.pid ?? NaN,
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
