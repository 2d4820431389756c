import { existsSync } from 'node:fs';
import { copyFile, lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../base/cache-folder.ts';
import { StudioError } from '../../base/studio-error.ts';
import { CORRECTNESS_LIMIT } from '../probe/correctness.ts';
import { defaultProbe } from '../probe/default-probe.ts';
import { probeEngine, type ProbeResult } from '../probe/probe-engine.ts';
import { buildAddon, NODE_API_VERSION } from './build-addon.ts';
import { fetchLibrary, TENSORFLOW_VERSION, type LibraryKind } from './fetch-library.ts';

/** The parts of the package that an installation replaces. */
const parts = ['deps', 'lib'] as const;
/** What the package came with waits under this name until the installation is taken back. */
const original = (path: string): string => `${path}.before-setup`;
/** What an installation replaces waits under this name until the new one has computed something. */
const replaced = (path: string): string => `${path}.replaced`;

const WRONG = 'its numbers are wrong';

export type WorkingTensorflow = Extract<ProbeResult, { found: true }>;

/**
 * Gives the `tensorflow` engine a current TensorFlow: fetches the library, builds tfjs-node's addon against it, puts
 * both into the package and computes with them. If that fails the package is as it was before.
 *
 * @returns what was found when it was tried
 * @throws StudioError that says which step failed and what to do
 */
export async function installTensorflow(
  kind: LibraryKind,
  say: (line: string) => void,
): Promise<WorkingTensorflow> {
  const packageFolder = findPackage();
  const library = libraryFolder(kind);
  if ((await installedLibrary(packageFolder)) === join(library, 'tensorflow')) {
    const present = await tryTensorflow();
    if (present.found && present.measurement.largestError <= CORRECTNESS_LIMIT) {
      say('It is installed already.');
      return present;
    }
    say(`What is installed does not work (${present.found ? WRONG : present.reason}); installing again.`);
  }
  await fetchLibrary(library, kind, say);
  const work = `${library}.build`;
  try {
    say('Building the addon …');
    const addon = await buildAddon(packageFolder, join(library, 'tensorflow'), work);
    return await exchange(packageFolder, join(library, 'tensorflow'), addon, say);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Puts library and addon into the package; if they do not compute, what was there before comes back. */
async function exchange(
  packageFolder: string,
  library: string,
  addon: string,
  say: (line: string) => void,
): Promise<WorkingTensorflow> {
  const replacesOurs = (await installedLibrary(packageFolder)) !== undefined;
  await move(packageFolder, asIs, replaced);
  try {
    await putInPlace(packageFolder, library, addon);
    say('Computing with it …');
    const result = await tryTensorflow();
    if (!result.found || !(result.measurement.largestError <= CORRECTNESS_LIMIT)) {
      const reason = result.found ? WRONG : result.reason;
      throw new StudioError('engine', `TensorFlow was built and does not work: ${reason}`, {
        remedy: 'Nothing was changed. Use --engine wasm, and please report this message.',
      });
    }
    if (replacesOurs) await remove(packageFolder, replaced);
    else await move(packageFolder, replaced, original);
    return result;
  } catch (error) {
    await move(packageFolder, replaced, asIs);
    throw error;
  }
}

/** Takes the installation back: the package is as before, the downloads are deleted. False if there was none. */
export async function removeTensorflow(): Promise<boolean> {
  const packageFolder = findPackage();
  const installed = await installedLibrary(packageFolder);
  if (installed !== undefined) await move(packageFolder, original, asIs);
  await rm(librariesFolder(), { recursive: true, force: true });
  return installed !== undefined;
}

/** Where the libraries lie, which the package only links to. */
export function librariesFolder(): string {
  return join(cacheFolder(), 'tensorflow');
}

function libraryFolder(kind: LibraryKind): string {
  return join(librariesFolder(), `${TENSORFLOW_VERSION}-${kind}`);
}

function findPackage(): string {
  if (process.platform !== 'linux') {
    throw new StudioError(
      'engine',
      'This installs TensorFlow on Linux only; elsewhere its makers publish the addon.',
      {
        remedy:
          'Run "npm rebuild @tensorflow/tfjs-node --allow-scripts=@tensorflow/tfjs-node", which downloads it. On Windows, then copy deps\\lib\\tensorflow.dll of that package into its lib\\napi-v8.',
      },
    );
  }
  try {
    return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json'));
  } catch (error) {
    throw new StudioError('engine', 'The package @tensorflow/tfjs-node is not installed.', {
      remedy: 'Run "npm ci" without --omit=optional, then this command again.',
      cause: error,
    });
  }
}

/** The library that the package links to, if it is one that was installed here. */
async function installedLibrary(packageFolder: string): Promise<string | undefined> {
  const link = join(packageFolder, 'deps', 'lib');
  if (!existsSync(join(packageFolder, 'deps'))) return undefined;
  const isLink = await lstat(link).then(
    (status) => status.isSymbolicLink(),
    () => false,
  );
  return isLink ? readlink(link) : undefined;
}

async function putInPlace(packageFolder: string, library: string, addon: string): Promise<void> {
  const [dependencies, addons] = [
    join(packageFolder, 'deps'),
    join(packageFolder, 'lib', `napi-v${NODE_API_VERSION}`),
  ];
  await mkdir(dependencies, { recursive: true });
  await mkdir(addons, { recursive: true });
  // A link to the folder, not to each library: they look for NVIDIA's beside the folder that they really lie in.
  await symlink(library, join(dependencies, 'lib'));
  await symlink(join(library, 'include'), join(dependencies, 'include'));
  await copyFile(addon, join(addons, 'tfjs_binding.node'));
}

type Naming = (path: string) => string;
const asIs: Naming = (path) => path;

/** Renames the parts; what bears the new name already is deleted, and what is not there is then not there. */
async function move(packageFolder: string, from: Naming, to: Naming): Promise<void> {
  await remove(packageFolder, to);
  for (const path of parts.map((part) => join(packageFolder, part))) {
    if (existsSync(from(path))) await rename(from(path), to(path));
  }
}

async function remove(packageFolder: string, naming: Naming): Promise<void> {
  for (const part of parts) await rm(naming(join(packageFolder, part)), { recursive: true, force: true });
}

async function tryTensorflow(): Promise<ProbeResult> {
  return probeEngine('tensorflow', {
    step: defaultProbe,
    recall: () => undefined,
    onCheck: () => undefined,
  });
}
