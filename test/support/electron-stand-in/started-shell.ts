import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputOf, type Reply } from '../../../core/contract/messages.ts';
import { createClient } from '../../../core/contract/client.ts';
import type { StudioClient } from '../../../core/contract/contract.ts';
import type { StudioEvent, StudioListener } from '../../../core/contract/events.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Builds the shell into a folder below the repository, so that its packages are found; returns the folder. */
export function buildShell(name: string): string {
  const output = join(ROOT, 'out', name);
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'scripts', 'build-electron.ts'), '--output', output],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return output;
}

export interface StartedShell extends AsyncDisposable {
  readonly studio: StudioClient;
  readonly processId: number;
  /** A folder for libraries; gone in the end. */
  readonly folder: string;
  order(does: string, ...values: unknown[]): Promise<unknown>;
  /** What the shell asked of Electron so far. */
  record(): Promise<readonly (readonly unknown[])[]>;
  /** The exit code, and the record up to then. */
  readonly ended: Promise<{ readonly code: number | null; readonly record: readonly (readonly unknown[])[] }>;
}

/**
 * Starts a built shell on the stand-in for Electron.
 *
 * @param home the user's folder, to start again with what a shell left there
 */
export async function startShell(
  built: string,
  { home, words = [] }: { readonly home?: string; readonly words?: readonly string[] } = {},
): Promise<StartedShell> {
  const own = home ?? (await mkdtemp(join(tmpdir(), 'simgan-shell-')));
  const child = fork(join(built, 'electron', 'main.js'), [...words], {
    execArgv: ['--import', new URL('./register.ts', import.meta.url).href],
    env: {
      ...process.env,
      XDG_CONFIG_HOME: own,
      XDG_CACHE_HOME: join(own, 'cache'),
      SIMGAN_STAND_IN_FOLDER: own,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const listeners = new Set<StudioListener>();
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let lastRecord: readonly (readonly unknown[])[] = [];
  child.on('message', (message: Message) => {
    if ('answers' in message) {
      const { resolve, reject } = waiting.get(message.answers) ?? {};
      waiting.delete(message.answers);
      if (message.error === undefined) resolve?.(message.answer);
      else reject?.(new Error(message.error));
    } else if ('exit' in message) lastRecord = message.record;
    else if (message.channel === 'studio:event') listeners.forEach((listener) => listener(message.value));
  });
  const ended = once(child, 'exit').then(([code]: unknown[]) => {
    for (const { reject } of waiting.values()) reject(new Error('The shell has ended.'));
    return { code: code as number | null, record: lastRecord };
  });
  let asked = 0;
  const order = (does: string, ...values: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, { resolve, reject });
      child.send({ id, does, values }, (error) => {
        if (error) reject(error);
      });
    });
  const record = async () => (await order('record')) as readonly (readonly unknown[])[];
  await untilShown(child, record);
  return {
    studio: createClient({
      call: async (name, input) => outputOf((await order('call', name, input)) as Reply),
      subscribe(listener) {
        if (listeners.size === 0) void order('listen');
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      onReconnect: () => () => undefined,
    }),
    processId: child.pid ?? 0,
    folder: own,
    order,
    record,
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
      if (home === undefined) await rm(own, { recursive: true, force: true });
    },
  };
}

type Message =
  | { readonly answers: number; readonly answer: unknown; readonly error?: string }
  | { readonly exit: number; readonly record: readonly (readonly unknown[])[] }
  | { readonly channel: string; readonly value: StudioEvent };

async function untilShown(
  child: ChildProcess,
  record: () => Promise<readonly (readonly unknown[])[]>,
): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The shell ended with ${child.exitCode}.`);
    if ((await record()).some(([name]) => name === 'show')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
