import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StudioError } from '../../base/studio-error.ts';
import { runTool } from './run-tool.ts';

/** tfjs-node is built for this version of Node-API, and looks for itself under its number. */
export const NODE_API_VERSION = 8;

/**
 * The settings that Node ships for building addons, reduced to what an addon of pure Node-API needs. With them and
 * four headers nothing has to be downloaded from nodejs.org.
 */
const COMMON_GYPI = `{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': { 'Release': { 'cflags': ['-O3'] } },
    'cflags': ['-fPIC', '-pthread'],
    'cflags_cc': ['-std=gnu++17'],
    'ldflags': ['-pthread'],
  },
}
`;

/**
 * Builds tfjs-node's addon against a library, in a folder of its own so that the package stays as it is.
 *
 * @param packageFolder the package whose sources are built
 * @param library folder that holds the library, and its headers in `include`
 * @param workFolder emptied and used
 * @returns path of the built addon, which finds the library as `../../deps/lib` from where it lies
 */
export async function buildAddon(
  packageFolder: string,
  library: string,
  workFolder: string,
): Promise<string> {
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(join(workFolder, 'deps'), { recursive: true });
  for (const part of ['binding', 'binding.gyp', 'package.json']) {
    await cp(join(packageFolder, part), join(workFolder, part), { recursive: true });
  }
  await symlink(library, join(workFolder, 'deps', 'lib'));
  await symlink(join(library, 'include'), join(workFolder, 'deps', 'include'));
  const nodeFolder = await prepareNodeFolder(join(workFolder, 'node'));
  await runTool(
    process.execPath,
    [
      ...[findNodeGyp(), 'rebuild', '--module_name=tfjs_binding', `--module_path=${join(workFolder, 'out')}`],
      ...[`--napi_build_version=${NODE_API_VERSION}`, ...(nodeFolder ? [`--nodedir=${nodeFolder}`] : [])],
    ],
    {
      folder: workFolder,
      purpose: 'build the addon that connects Node to TensorFlow',
      remedy: 'It takes a C++ compiler and make (on Debian and Ubuntu: apt install build-essential).',
    },
  );
  return join(workFolder, 'out', 'tfjs_binding.node');
}

/** A folder that node-gyp takes for a Node installation; undefined lets it download Node's headers. */
async function prepareNodeFolder(folder: string): Promise<string | undefined> {
  const headers = findNodeApiHeaders();
  if (!headers) return undefined;
  const target = join(folder, 'include', 'node');
  await mkdir(target, { recursive: true });
  for (const name of await readdir(headers)) {
    if (/^(js_native|node)_api(_types)?\.h$/.test(name))
      await copyFile(join(headers, name), join(target, name));
  }
  await writeFile(join(target, 'common.gypi'), COMMON_GYPI);
  await writeFile(join(target, 'config.gypi'), "{ 'variables': {} }\n");
  return folder;
}

function findNodeApiHeaders(): string | undefined {
  const folders = [
    tryResolve(import.meta.url, 'node-api-headers/package.json'),
    join(dirname(process.execPath), '..', 'package.json'),
    '/usr/local/package.json',
    '/usr/package.json',
  ].flatMap((path) => (path ? [join(dirname(path), 'include'), join(dirname(path), 'include', 'node')] : []));
  return folders.find((folder) => existsSync(join(folder, 'node_api.h')));
}

/** npm brings node-gyp along and says where it lies itself to the scripts that it runs. */
function findNodeGyp(): string {
  const npm = process.env.npm_execpath;
  const found = npm && tryResolve(npm, 'node-gyp/bin/node-gyp.js');
  if (found) return found;
  throw new StudioError('engine', 'node-gyp, which builds addons, was not found.', {
    remedy: 'Start this with "npm run setup:tensorflow": npm brings node-gyp along.',
  });
}

function tryResolve(from: string, request: string): string | undefined {
  try {
    return createRequire(from).resolve(request);
  } catch {
    return undefined;
  }
}
