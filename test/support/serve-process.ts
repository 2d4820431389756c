import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openWindow, type BrowserWindow } from './browser.ts';

const ENTRY = join(import.meta.dirname, '..', '..', 'core', 'host', 'simgan.cjs');
const servedSchema = z.object({ url: z.string(), port: z.number() });

/** `simgan serve` as a process of its own, with a window that calls it. */
export interface ServeProcess {
  readonly url: string;
  readonly processId: number;
  readonly window: BrowserWindow;
  /** What it said beside its address. */
  readonly said: () => string;
  /** As a power cut would. */
  killHard(): Promise<void>;
  /** Politely; gives its exit code. */
  stop(): Promise<number | null>;
}

/**
 * @param folder holds everything that this host knows: state, cache, a small page, and `work`, the only root
 * @param args beside the port, which is a free one
 */
export async function startServe(folder: string, ...args: string[]): Promise<ServeProcess> {
  const work = workFolder(folder);
  const renderer = join(folder, 'renderer');
  await mkdir(work, { recursive: true });
  await mkdir(renderer, { recursive: true });
  await writeFile(join(renderer, 'index.html'), '<!doctype html><title>Window</title>');
  const child = spawn(process.execPath, [ENTRY, 'serve', '--port', '0', '--root', work, '--json', ...args], {
    cwd: work,
    env: {
      ...process.env,
      XDG_CONFIG_HOME: join(folder, 'state'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      SIMGAN_RENDERER_FOLDER: renderer,
    },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const url = await addressOf(child, () => stderr);
  const window = await openWindow(url);
  return {
    url,
    processId: child.pid ?? 0,
    window,
    said: () => stderr,
    async killHard() {
      window.close();
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      window.close();
      child.kill('SIGTERM');
      return await ended;
    },
  };
}

/** Where libraries and exports of such a host go. */
export function workFolder(folder: string): string {
  return join(folder, 'work');
}

/** From the JSON that it prints when it is ready. */
function addressOf(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (!stdout.endsWith('}\n')) return;
      // What is no address is a failure, and told when it has ended.
      const served = servedSchema.safeParse(JSON.parse(stdout));
      if (served.success) resolve(served.data.url);
    });
    child.once('close', (code) => reject(new Error(`simgan serve ended with ${code}: ${stdout}${said()}`)));
  });
}
