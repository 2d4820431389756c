import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { extractFile, getRawHeader } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { workThrough } from './work-through.ts';

const REQUIRED = [
  'package.json',
  'electron/main.js',
  'electron/preload.cjs',
  'electron/worker.js',
  'core/engine/probe/probe-child.js',
  'renderer/index.html',
  'resources/icon.png',
  'resources/tray.png',
  'resources/licences.txt',
];

/** What may lie at the top of the archive. */
const ROOMS = ['core', 'electron', 'renderer', 'resources', 'node_modules', 'package.json'];

/** What belongs to building and testing, or to the command line alone. */
const UNWANTED =
  /\.(ts|map)$|^(core|electron)\/.*\.test\.js$|^node_modules\/(electron|node|vite|vitest|typescript|eslint|webgpu)\//;

/** What threads and other programs read, which cannot look into the archive. */
const REQUIRED_BESIDE = [
  'package.json',
  'core/evaluation/drift-worker.js',
  'core/evaluation/displacement.js',
  'core/base/image-batch.js',
  'resources/licences.txt',
];

/** Packages of which everything must lie beside the archive. */
const BESIDE = ['better-sqlite3', '@napi-rs', '@tensorflow/tfjs-backend-wasm'];

const FUSES = [
  [FuseV1Options.RunAsNode, FuseState.DISABLE],
  [FuseV1Options.EnableCookieEncryption, FuseState.ENABLE],
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable, FuseState.DISABLE],
  [FuseV1Options.EnableNodeCliInspectArguments, FuseState.DISABLE],
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseState.ENABLE],
  [FuseV1Options.OnlyLoadAppFromAsar, FuseState.ENABLE],
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot, FuseState.DISABLE],
  [FuseV1Options.GrantFileProtocolExtraPrivileges, FuseState.DISABLE],
] as const;

const START_LIMIT_MS = 60_000;
const WORK_LIMIT_MS = 300_000;

export interface PackedProgram {
  readonly platform: NodeJS.Platform;
  readonly binary: string;
  readonly resources: string;
}

/** Takes what was looked at, one line each. */
export interface Findings {
  readonly check: (holds: boolean, what: string) => void;
  readonly notLookedAt: (what: string, why: string) => void;
}

/** The folders that electron-builder makes: linux-unpacked, win-unpacked, mac/*.app … */
export async function findProgram(folder: string): Promise<PackedProgram | undefined> {
  const name = 'SimGAN Studio';
  const macApp = join(folder, `${name}.app`, 'Contents');
  if (existsSync(macApp)) {
    return { platform: 'darwin', binary: join(macApp, 'MacOS', name), resources: join(macApp, 'Resources') };
  }
  const resources = join(folder, 'resources');
  if (!existsSync(resources)) return undefined;
  const files = await readdir(folder);
  const windows = files.find((file) => file === `${name}.exe`);
  if (windows !== undefined) return { platform: 'win32', binary: join(folder, windows), resources };
  const linux = files.find((file) => ['simgan-studio', name].includes(file));
  return linux === undefined ? undefined : { platform: 'linux', binary: join(folder, linux), resources };
}

interface Entry {
  readonly path: string;
  readonly isBeside: boolean;
}

/** The header's tree: folders have `files`; what lies beside the archive is marked `unpacked`. */
interface HeaderNode {
  readonly files?: Readonly<Record<string, HeaderNode>>;
  readonly unpacked?: boolean;
}

function entriesOf(node: HeaderNode, path = ''): Entry[] {
  if (node.files === undefined) return [{ path, isBeside: node.unpacked === true }];
  return Object.entries(node.files).flatMap(([name, child]) =>
    entriesOf(child, path === '' ? name : `${path}/${name}`),
  );
}

/** What must be in the archive is there and nothing else; native modules and what threads run lie beside it. */
export function checkArchive({ resources, platform }: PackedProgram, { check }: Findings): void {
  const archive = join(resources, 'app.asar');
  check(existsSync(archive), 'the program is one archive');
  if (!existsSync(archive)) return;
  const entries = entriesOf(getRawHeader(archive).header);
  const paths = new Set(entries.map(({ path }) => path));
  for (const path of REQUIRED) check(paths.has(path), `${path} is in it`);
  const unwanted = [...paths].filter((path) => UNWANTED.test(path));
  check(unwanted.length === 0, `nothing that only builds or tests is in it${listed(unwanted)}`);
  const { main } = JSON.parse(extractFile(archive, 'package.json').toString()) as { main?: string };
  check(main === 'electron/main.js', 'it starts with electron/main.js');

  const mustBeBeside = entries.filter(
    ({ path }) => path.endsWith('.node') || BESIDE.some((name) => path.startsWith(`node_modules/${name}/`)),
  );
  const inside = mustBeBeside.filter(({ isBeside }) => !isBeside).map(({ path }) => path);
  check(inside.length === 0, `libraries that the system loads lie beside the archive${listed(inside)}`);
  const gone = mustBeBeside
    .map(({ path }) => path)
    .filter((path) => !existsSync(join(`${archive}.unpacked`, path)));
  check(gone.length === 0, `and are really there${listed(gone)}`);
  for (const name of ['better-sqlite3', '@napi-rs']) {
    const has = mustBeBeside.some(
      ({ path }) =>
        path.startsWith(`node_modules/${name}/`) && path.endsWith('.node') && path.includes(platform),
    );
    check(has, `${name} has its library for ${platform}`);
  }
  for (const path of REQUIRED_BESIDE) {
    check(existsSync(join(`${archive}.unpacked`, path)), `${path} lies beside it`);
  }
  const rooms = new Set([...paths].map((path) => path.split('/')[0]));
  const strangers = [...rooms].filter((room) => !ROOMS.includes(room));
  check(strangers.length === 0, `nothing else is in it${listed(strangers)}`);
}

function listed(paths: readonly string[]): string {
  if (paths.length === 0) return '';
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return ` (not so: ${paths.slice(0, 5).join(', ')}${more})`;
}

/** The fuses are as electron-builder.config.ts asks; one that an older Electron does not have cannot be looked at. */
export async function checkFuses({ binary }: PackedProgram, findings: Findings): Promise<void> {
  const wire = await getCurrentFuseWire(binary);
  for (const [fuse, wanted] of FUSES) {
    if (wire[fuse] === undefined) {
      findings.notLookedAt(`fuse ${FuseV1Options[fuse]}`, 'this Electron does not have it');
      continue;
    }
    findings.check(
      wire[fuse] === wanted,
      `fuse ${FuseV1Options[fuse]} is ${wanted === FuseState.ENABLE ? 'on' : 'off'}`,
    );
  }
}

/** Starts a packed program with these arguments; its standard output and error are read. */
export type StartProgram = (...words: string[]) => ChildProcess;

/** The program starts, answers, and does a user's whole path. @param home where it may make a library and an export */
export async function checkWork(start: StartProgram, home: string, { check }: Findings): Promise<void> {
  const answer = await answerOf(start);
  const answers = answer.includes('"output"');
  check(answers, `the program starts and answers${answers ? '' : ` (${answer})`}`);
  const failure = await failureOfWork(start, home);
  const works = 'the program trains, refines, exports and verifies';
  check(failure === undefined, `${works}${failure === undefined ? '' : ` (${failure})`}`);
}

const DEBUGGER_ADDRESS = /DevTools listening on (ws:\/\/\S+)/;

/** Why the whole path could not be done in the program's window; undefined where it could. */
async function failureOfWork(start: StartProgram, home: string): Promise<string | undefined> {
  const child = start('--remote-debugging-port=0');
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const timer = setTimeout(() => child.kill('SIGKILL'), WORK_LIMIT_MS);
  try {
    const debuggerUrl = new URL(await addressOf(child));
    await workThrough((expression) => evaluateInWindow(`http://${debuggerUrl.host}`, expression), home);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    child.kill('SIGTERM');
    await ended;
  }
}

/** Where Chromium says that its pages can be driven from. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const address = DEBUGGER_ADDRESS.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', () => reject(new Error(`it ended: ${text.trim()}`)));
  });
}

/** What the program writes, up to its end. */
function answerOf(start: StartProgram): Promise<string> {
  return new Promise((done) => {
    const child = start('--check-start');
    const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => (text += part));
    }
    child.on('error', (error) => done(error.message));
    child.on('close', (code) => {
      clearTimeout(timer);
      done(`${text.trim()} [ended with ${String(code)}]`);
    });
  });
}

const targetsSchema = z.array(
  z.object({ type: z.string(), url: z.string(), webSocketDebuggerUrl: z.string() }),
);
const resultSchema = z.object({
  id: z.literal(1),
  result: z.object({
    result: z.object({ value: z.unknown().optional() }),
    exceptionDetails: z.object({ exception: z.object({ description: z.string().optional() }) }).optional(),
  }),
});

/**
 * Evaluates an expression in the page of the window and waits for its promise, by the DevTools protocol of its Chromium:
 * a packed program allows no debugger in its main process, which other tools need.
 */
async function evaluateInWindow(address: string, expression: string): Promise<unknown> {
  const socket = new WebSocket(await pageSocket(address));
  try {
    await once(socket, 'open');
    const params = { expression, awaitPromise: true, returnByValue: true };
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    for (;;) {
      const [message] = (await once(socket, 'message')) as [Buffer];
      const answer = resultSchema.safeParse(JSON.parse(message.toString()));
      if (!answer.success) continue;
      const { result, exceptionDetails } = answer.data.result;
      if (exceptionDetails)
        throw new Error(exceptionDetails.exception.description ?? 'The page threw something.');
      return result.value;
    }
  } finally {
    socket.close();
  }
}

const WINDOW_LIMIT_MS = 60_000;

/** Where the page of the window listens, as soon as it has the studio. */
async function pageSocket(address: string): Promise<string> {
  const deadlineMs = performance.now() + WINDOW_LIMIT_MS;
  for (;;) {
    const targets = targetsSchema.parse(await (await fetch(`${address}/json`)).json());
    const page = targets.find(({ type, url }) => type === 'page' && url.startsWith('simgan:'));
    if (page !== undefined) return page.webSocketDebuggerUrl;
    if (performance.now() > deadlineMs) throw new Error('No window was opened.');
    await sleep(100);
  }
}
