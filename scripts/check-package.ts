import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { extractFile, getRawHeader } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { chromium } from 'playwright-core';
import { workThrough } from './work-through.ts';

/**
 * `npm run check:package [FOLDER]`: looks into a packed program. What must be in the archive is there and nothing else,
 * native modules and what threads run lie beside it, the fuses are as asked, and the program starts, trains, refines and
 * exports. What cannot be looked at here is said, one line each. Ends with 1 where something is wrong, with 2 where there is no packed program.
 */
const root = join(import.meta.dirname, '..');

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

interface PackedProgram {
  readonly platform: NodeJS.Platform;
  readonly binary: string;
  readonly resources: string;
}

const problems: string[] = [];
const check = (holds: boolean, what: string): void => {
  process.stdout.write(`${holds ? 'good   ' : 'WRONG  '} ${what}\n`);
  if (!holds) problems.push(what);
};
const notLookedAt = (what: string, why: string): void =>
  void process.stdout.write(`not run ${what}: ${why}\n`);

/** The folders that electron-builder makes: linux-unpacked, win-unpacked, mac/*.app … */
async function findProgram(folder: string): Promise<PackedProgram | undefined> {
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

async function packedFolders(): Promise<string[]> {
  const output = join(root, 'out', 'package');
  const names = existsSync(output) ? await readdir(output) : [];
  return names.filter((name) => /-unpacked$|^mac/.test(name)).map((name) => join(output, name));
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

function checkArchive({ resources, platform }: PackedProgram): void {
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

async function checkFuses({ binary }: PackedProgram): Promise<void> {
  const wire = await getCurrentFuseWire(binary);
  for (const [fuse, wanted] of FUSES) {
    check(
      wire[fuse] === wanted,
      `fuse ${FuseV1Options[fuse]} is ${wanted === FuseState.ENABLE ? 'on' : 'off'}`,
    );
  }
}

/** Why a packed program cannot be started here; undefined where it can. */
function whyNotStarted(platform: NodeJS.Platform): string | undefined {
  if (platform !== process.platform) return `it is for ${platform}, this is ${process.platform}`;
  if (process.getuid?.() === 0) return 'Electron does not run as root with its sandbox on';
  if (platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return 'there is no screen here; "xvfb-run -a npm run check:package" makes one';
  }
  return undefined;
}

async function checkStart({ binary, platform }: PackedProgram): Promise<void> {
  const start = 'the program starts and answers';
  const work = 'the program trains, refines, exports and verifies';
  const reason = whyNotStarted(platform);
  if (reason !== undefined) {
    notLookedAt(start, reason);
    notLookedAt(work, reason);
    return;
  }
  const home = await mkdtemp(join(tmpdir(), 'simgan-start-'));
  try {
    const answer = await answerOf(binary, home);
    check(answer.includes('"output"'), `${start}${answer.includes('"output"') ? '' : ` (${answer})`}`);
    const failure = await failureOfWork(binary, home);
    check(failure === undefined, `${work}${failure === undefined ? '' : ` (${failure})`}`);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function startAt(binary: string, home: string, ...words: string[]): ChildProcess {
  return spawn(binary, [`--user-data-dir=${join(home, 'data')}`, ...words], {
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, APPDATA: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const DEBUGGER_ADDRESS = /DevTools listening on (ws:\/\/\S+)/;

/** Why the whole path could not be done in the program's window; undefined where it could. */
async function failureOfWork(binary: string, home: string): Promise<string | undefined> {
  const child = startAt(binary, home, '--remote-debugging-port=0');
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const timer = setTimeout(() => child.kill('SIGKILL'), WORK_LIMIT_MS);
  try {
    const address = await addressOf(child);
    const browser = await chromium.connectOverCDP(address);
    const [context] = browser.contexts();
    const page = context.pages().at(0) ?? (await context.waitForEvent('page'));
    await page.locator('main').waitFor();
    await workThrough(page, home);
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
function answerOf(binary: string, home: string): Promise<string> {
  return new Promise((done) => {
    const child = startAt(binary, home, '--check-start');
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

const { positionals } = parseArgs({ allowPositionals: true });
const folders = positionals.length > 0 ? positionals.map((folder) => resolve(folder)) : await packedFolders();
let looked = 0;
for (const folder of folders) {
  const program = await findProgram(folder);
  if (program === undefined) continue;
  looked++;
  process.stdout.write(`${basename(folder)}\n`);
  checkArchive(program);
  await checkFuses(program);
  await checkStart(program);
}
if (looked === 0) {
  process.stdout.write(
    'There is no packed program to look at. "npm run package" makes one where Electron’s binary can be had.\n',
  );
  process.exitCode = 2;
} else if (problems.length > 0) {
  process.stdout.write(`${problems.length} of these are wrong.\n`);
  process.exitCode = 1;
}
