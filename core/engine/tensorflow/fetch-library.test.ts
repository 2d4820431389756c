import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fetchLibrary, TENSORFLOW_VERSION } from './fetch-library.ts';

/** pip, on a machine that may be busy. */
const PATIENCE_MS = 60_000;

/** Makes a wheel of a few bytes that pip takes for TensorFlow's. */
const MAKE_WHEEL = `
import sys, zipfile
folder, name, version, platform = sys.argv[1:]
info = f'{name}-{version}.dist-info/'
with zipfile.ZipFile(f'{folder}/{name}-{version}-cp312-cp312-{platform}.whl', 'w') as wheel:
    wheel.writestr('tensorflow/libtensorflow_cc.so.2', 'the library')
    wheel.writestr('tensorflow/libtensorflow_framework.so.2', 'its framework')
    wheel.writestr('tensorflow/include/c_api.h', 'a header')
    wheel.writestr('tensorflow/other.py', 'left out')
    wheel.writestr(info + 'METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n')
    wheel.writestr(info + 'WHEEL', f'Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: cp312-cp312-{platform}\\n')
    wheel.writestr(info + 'RECORD', '')
`;

const hasPip = process.platform === 'linux' && spawnSync('python3', ['-m', 'pip', '--version']).status === 0;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-fetch-'));
  if (!hasPip) return;
  const [name, platform] = process.arch === 'x64' ? ['tensorflow_cpu', 'x86_64'] : ['tensorflow', 'aarch64'];
  const words = [folder, name, TENSORFLOW_VERSION, `manylinux_2_17_${platform}`];
  expect(spawnSync('python3', ['-c', MAKE_WHEEL, ...words]).status).toBe(0);
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test(
  'what lacks a file, a part of one or its list is fetched again; what is whole is not',
  async ({ skip }) => {
    skip(!hasPip, 'It needs Linux, and Python 3 with pip.');
    const library = join(folder, 'library');
    const path = join(library, 'tensorflow', 'libtensorflow_cc.so.2');
    const said: string[] = [];
    const fetched = async (): Promise<boolean> => {
      said.length = 0;
      await fetchLibrary(library, 'cpu', (line) => said.push(line));
      expect(await readFile(path, 'utf8')).toBe('the library');
      expect(await readFile(join(library, 'tensorflow', 'libtensorflow.so'), 'utf8')).toBe('the library');
      return said.length > 0;
    };
    expect(await fetched()).toBe(true);
    expect(await fetched()).toBe(false);
    await truncate(path, 3);
    expect(await fetched()).toBe(true);
    await rm(path);
    expect(await fetched()).toBe(true);
    await writeFile(join(library, 'unpacked.json'), '{"bytes":{"tens');
    expect(await fetched()).toBe(true);
    await rm(join(library, 'unpacked.json'));
    expect(await fetched()).toBe(true);
    expect(await fetched()).toBe(false);
  },
  PATIENCE_MS,
);
