import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * `npm start`: builds the window where it is missing or older than its sources, then opens the studio: in Electron where
 * its binary is there and a screen is, else as a host for the browser.
 */
const root = join(import.meta.dirname, '..');
const arguments_ = process.argv.slice(2);

/** Of the newest file below a path, in milliseconds; 0 where there is none. */
async function newestOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const times = await Promise.all((await readdir(path)).map((name) => newestOf(join(path, name))));
  return Math.max(0, ...times);
}

async function isBuilt(output: string, sources: readonly string[]): Promise<boolean> {
  const made = await stat(join(root, output)).catch(() => undefined);
  const times = await Promise.all(sources.map((source) => newestOf(join(root, source))));
  return made !== undefined && Math.max(...times) <= made.mtimeMs;
}

function build(script: string): void {
  process.stderr.write(`Building (npm run ${script}) …\n`);
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Electron's binary, or why the desktop window cannot be shown here. */
function electronBinary(): { readonly binary: string } | { readonly reason: string } {
  const { DISPLAY, WAYLAND_DISPLAY, ELECTRON_OVERRIDE_DIST_PATH } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return { reason: 'there is no screen' };
  if (process.getuid?.() === 0) return { reason: 'Electron does not run as root with its sandbox on' };
  const folder = join(root, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron';
  const binary = join(ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name);
  return existsSync(binary)
    ? { binary }
    : { reason: 'its binary is not here ("npx install-electron" fetches it)' };
}

function become(command: string, commandArguments: readonly string[]): void {
  const child = spawn(command, commandArguments, { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; the child decides what it means.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => (process.exitCode = signal === null ? (code ?? 1) : 1));
}

const windowSources = ['renderer', 'core/contract', 'core/base', 'vite.config.ts', 'package-lock.json'];
if (!(await isBuilt('dist/renderer/index.html', windowSources))) build('build');
const electron = electronBinary();
if ('reason' in electron) {
  process.stderr.write(`No desktop window: ${electron.reason}. The studio opens in a browser.\n`);
  become(process.execPath, [join(root, 'core', 'host', 'simgan.cjs'), 'serve', ...arguments_]);
} else {
  build('build:electron');
  become(electron.binary, [join(root, 'dist'), ...arguments_]);
}
