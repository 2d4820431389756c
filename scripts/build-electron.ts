import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Transformer } from '@napi-rs/image';
import { build } from 'vite';

/**
 * `npm run build:electron`: makes `dist/` a program that Electron runs, beside the window that `npm run build` puts into
 * dist/renderer. (`--output FOLDER` builds elsewhere.) Every module stays a file of its own in the same place, so that what a module finds by its own address
 * (workers, probes, packages) is found in the build as in the sources; only types go and file names end in `.js`.
 */
const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { output: { type: 'string', default: 'dist' } } });
const output = resolve(root, values.output);

/** A relative address of a module in a literal: of an import, or of `new URL('./child.ts', import.meta.url)`. */
const MODULE_LITERAL = /(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g;

async function sourcesOf(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(glob('**/*.ts', { cwd: join(root, folder) }));
  return files.filter((file) => !file.endsWith('.test.ts')).map((file) => join(folder, file));
}

async function transpile(file: string): Promise<void> {
  const source = await readFile(join(root, file), 'utf8');
  // Types become spaces, so that line and column of an error are those of the source.
  const code = stripTypeScriptTypes(source).replaceAll(
    MODULE_LITERAL,
    (literal: string, quote: string, address: string) => {
      const target = resolve(root, dirname(file), `${address}.ts`);
      if (existsSync(target)) return `${quote}${address}.js${quote}`;
      throw new Error(`${file} names ${literal}, which is no file.`);
    },
  );
  const target = join(output, file.replace(/\.ts$/, '.js'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

/** A sandboxed preload can load no module but Electron's: everything goes into one CommonJS file. */
async function bundlePreload(): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir: join(output, 'electron'),
      emptyOutDir: false,
      target: 'es2024',
      lib: { entry: join(root, 'electron', 'preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  });
}

async function drawIcons(): Promise<void> {
  const svg = await readFile(join(root, 'resources', 'icon.svg'));
  await mkdir(join(output, 'resources'), { recursive: true });
  for (const [name, sidePx] of [
    ['icon.png', 1024],
    ['tray.png', 32],
  ] as const) {
    const png = await Transformer.fromSvg(svg).resize(sidePx, sidePx).png();
    await writeFile(join(output, 'resources', name), png);
  }
}

/** What the program reads of its own package, and what makes `dist/` a program: `electron dist` starts it. */
async function writePackage(): Promise<void> {
  const { name, version, description, license } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  const made = { name, version, description, license, type: 'module', main: 'electron/main.js' };
  await writeFile(join(output, 'package.json'), `${JSON.stringify(made, undefined, 2)}\n`);
}

for (const folder of ['core', 'electron']) {
  await rm(join(output, folder), { recursive: true, force: true });
}
const sources = [...(await sourcesOf('core')), ...(await sourcesOf('electron'))];
// The preload is bundled; its source as a module of its own would be of no use.
for (const file of sources) if (file !== join('electron', 'preload.ts')) await transpile(file);
await bundlePreload();
await drawIcons();
await writePackage();
process.stdout.write(`Built ${sources.length} modules for Electron into ${output}\n`);
