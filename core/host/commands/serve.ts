import { existsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { stateFolder } from '../../base/state-folder.ts';
import { messageOf, StudioError } from '../../base/studio-error.ts';
import { PROGRAM_VERSION } from '../../base/version.ts';
import { forkLauncher } from '../../jobs/fork-launcher.ts';
import { findLibrary } from '../../library/find-library.ts';
import { createStudio } from '../../studio/service/create-studio.ts';
import type { Studio } from '../../studio/service/studio.ts';
import { addCommand, parseOption, type CommandContext } from '../command.ts';
import { isLoopback } from '../http/request-checks.ts';
import { startHost, type Host, type HostOptions } from '../http.ts';
import type { Terminal } from '../terminal.ts';

const DEFAULT_PORT = 7420;
const portSchema = z.coerce.number().int().min(0).max(65_535);
const rootsSchema = z.array(z.string());

/** Of the built window; another build is named by the environment. */
const RENDERER_FOLDER =
  process.env.SIMGAN_RENDERER_FOLDER ?? join(import.meta.dirname, '..', '..', '..', 'dist', 'renderer');

export function addServe(program: Command): void {
  addCommand(
    program,
    'serve',
    {
      summary: 'Open the studio in a browser: on this computer, or on a server through a tunnel',
      examples: ['serve', 'serve --library eyes.simgan --port 8080', 'serve --root /data --root /scratch'],
      notes: [
        'Only this computer can reach it. From another one, use a tunnel: run there',
        `  $ ssh -L ${DEFAULT_PORT}:localhost:${DEFAULT_PORT} THIS_COMPUTER`,
        'and open the printed address there. Ctrl-C stops it; a training saves a checkpoint first.',
      ],
    },
    (command) =>
      command
        .option(
          '--port <number>',
          `where it listens (default: ${DEFAULT_PORT}, or a free one if that is taken)`,
        )
        .option('--host <address>', 'an address of this computer to listen on', '127.0.0.1')
        .option(
          '--root <folder>',
          'folder that the window may look into; may be given several times (default: your home and this folder)',
          (folder: string, before: string[] | undefined) => [...(before ?? []), folder],
        ),
    serve,
  );
}

async function serve(
  { terminal, signal, libraryPath }: CommandContext,
  _: string[],
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const address = parseOption(z.string().min(1), options.host, '--host');
  const port = options.port === undefined ? undefined : parseOption(portSchema, options.port, '--port');
  requireBuild();
  const folder = libraryPath === undefined ? nearbyLibrary(terminal) : resolve(libraryPath);
  const studio = createStudio({
    version: PROGRAM_VERSION,
    stateFolder: stateFolder(),
    onLog: ({ level, source, text }) => {
      if (level === 'warn' || level === 'error') terminal.note(`${source}: ${text}`);
    },
    launchWorker: forkLauncher(new URL('../worker.ts', import.meta.url)),
    shell: {
      kind: 'browser',
      notifications: false,
      power: () => 'unknown',
      roots: rootsFor(options.root, folder),
    },
  });
  try {
    if (folder !== undefined) await open(studio, folder, libraryPath === undefined ? terminal : undefined);
    const host = await startOnPort(port, {
      studio,
      rendererFolder: RENDERER_FOLDER,
      address,
      onNewUrl: (url) => terminal.line(`The next one opens it by ${url}`),
      onFault: (error) => terminal.note(`host: ${messageOf(error)}`),
    });
    try {
      introduce(terminal, host, address);
      await aborted(signal);
    } finally {
      await host.close();
    }
  } finally {
    await studio.close();
  }
}

/** One that nobody named and that cannot be opened is left to the window, with a word to the terminal. */
async function open(studio: Studio, folder: string, terminal: Terminal | undefined): Promise<void> {
  try {
    await studio.call('library.open', { folder });
  } catch (error) {
    if (!terminal || !(error instanceof StudioError)) throw error;
    terminal.note(`${error.message} It was not opened.`);
  }
}

function requireBuild(): void {
  if (existsSync(join(RENDERER_FOLDER, 'index.html'))) return;
  throw new StudioError('not-found', `The window is not built yet: ${RENDERER_FOLDER} holds none.`, {
    remedy: 'Run "npm run build" once, or start with "npm start", which does that itself.',
    details: { folder: RENDERER_FOLDER },
  });
}

/** The library of this folder, if there is one; more than one is for the window to choose from. */
function nearbyLibrary(terminal: Terminal): string | undefined {
  try {
    return findLibrary(process.cwd());
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    terminal.note(`${error.message} None of them was opened.`);
    return undefined;
  }
}

function rootsFor(given: unknown, library: string | undefined): string[] {
  const roots = given === undefined ? [homedir(), process.cwd()] : parseOption(rootsSchema, given, '--root');
  return [...new Set([...roots, ...(library === undefined ? [] : [library])].map((root) => resolve(root)))];
}

/** On the port that was asked for, which must be free; else on the usual one, or on any. */
async function startOnPort(port: number | undefined, options: Omit<HostOptions, 'port'>): Promise<Host> {
  if (port !== undefined) return await startHost({ ...options, port });
  try {
    return await startHost({ ...options, port: DEFAULT_PORT });
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'busy') throw error;
    return await startHost({ ...options, port: 0 });
  }
}

function introduce(terminal: Terminal, host: Host, address: string): void {
  terminal.line(`SimGAN Studio is at ${host.url()}`);
  terminal.result({ url: host.url(), port: host.port, address });
  if (process.env.SSH_CONNECTION !== undefined) {
    terminal.note(`From your own computer: ssh -L ${host.port}:localhost:${host.port} ${hostname()}`);
  }
  if (!isLoopback(address)) {
    terminal.note(
      [
        `Warning: others on the network can reach this (${address}), and what passes between it and a browser is not`,
        'encrypted: whoever can listen to the network can read it, and with it take over the studio and read the folders it',
        'may look into. Use it only in a network that you trust; a tunnel (see "simgan serve --help") needs no --host.',
      ].join('\n'),
    );
  }
  terminal.note('Ctrl-C stops it.');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
