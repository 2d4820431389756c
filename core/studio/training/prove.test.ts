import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { presetNamed } from '../../../test/reference/cases.ts';
import { createEyeLibrary } from '../../../test/support/eye-library.ts';
import { readSafeTensors, writeSafeTensors } from '../../base/safetensors.ts';
import { openEngine, type Engine } from '../../engine/engine.ts';
import { openLibrary, type Library } from '../../library/library.ts';
import { checkpointPath } from '../../simgan/checkpoint.ts';
import { readHistorySegment, writeHistorySegment } from '../../simgan/history-segments.ts';
import { describeProof, proveRun } from './prove.ts';
import { findRun } from '../runs/runs.ts';
import { findDataset, preprocessingFor } from './training-data.ts';
import { startTraining } from './training-run.ts';

const hooks = { signal: new AbortController().signal, onProgress: () => undefined, onNote: () => undefined };
const config = { ...presetNamed('test'), widthPx: 20, heightPx: 16, steps: 7, checkpointEvery: 4 };

let engine: Engine;
let folder: string;
let trained: string;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'simgan-prove-test-'));
  trained = join(folder, 'trained.simgan');
  using library = await createEyeLibrary(trained, 16);
  await startTraining(
    library,
    engine,
    {
      config,
      synthetic: findDataset(library, 'synthetic', undefined),
      real: findDataset(library, 'real', undefined),
      preprocessing: preprocessingFor(config, 'none', undefined),
    },
    hooks,
  );
});
afterAll(async () => {
  engine.dispose();
  await rm(folder, { recursive: true });
});

let copies = 0;
function openCopy(): Library {
  const copy = join(folder, `copy-${copies++}.simgan`);
  cpSync(trained, copy, { recursive: true });
  return openLibrary(copy, { access: 'read' });
}

const prove = (library: Library, on = engine) => proveRun(library, on, findRun(library, 'last'), hooks);

/** Every file of a library's runs and packs with its content. */
function contentOf(library: Library): Record<string, string> {
  const files = readdirSync(library.folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /^(runs|packs)/.test(path) && statSync(join(library.folder, path)).isFile(),
  );
  return Object.fromEntries(
    files.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(library.folder, path)))
        .digest('hex'),
    ]),
  );
}

test('says identical, with the steps, and changes nothing', async () => {
  using library = openCopy();
  const before = contentOf(library);
  const proof = await prove(library);
  expect(proof).toMatchObject({
    fromStep: 4,
    toStep: 7,
    isPromised: true,
    historyImages: 16,
    differences: [],
  });
  expect(proof.tensors).toBeGreaterThan(30);
  expect(contentOf(library)).toEqual(before);
  expect(describeProof(proof, engine)).toMatch(
    /^identical: run 1, steps 5 to 7 trained again on wasm \(CPU, 1 thread\): \d+ tensors .* 16 images .* bit for bit\.$/,
  );
});

/** Adds the smallest amount that there is to one value of a tensor in a file. */
async function tamper(path: string, tensor: string, place: number): Promise<void> {
  const { tensors, metadata } = await readSafeTensors(path);
  const values = tensors.get(tensor)?.values;
  if (!values) throw new Error(`There is no ${tensor} in ${path}.`);
  const bits = values instanceof Float32Array ? new Int32Array(values.buffer) : values;
  bits[place] += 1;
  await writeSafeTensors(path, { tensors, metadata });
}

test.each(['refiner/enter/filter', 'discriminator/layer-1/filter/adam-mean'])(
  'notices one last bit of %s',
  async (tensor) => {
    using library = openCopy();
    const path = checkpointPath(library.runFolder(1), 7);
    await tamper(path, tensor, 3);
    const proof = await prove(library);
    expect(proof.differences).toHaveLength(1);
    const [difference] = proof.differences;
    expect(difference).toMatchObject({ name: tensor, first: { place: 3 } });
    expect(difference.largest).toBeGreaterThan(0);
    expect(difference.relative).toBeLessThan(1e-6);
    expect(describeProof(proof, engine)).toContain(`1 part differs, ${tensor} first at value 3`);
    expect(describeProof(proof, engine)).toContain('This engine promises the same bits.');
  },
);

test('notices a pixel of the history buffer, a generator and a cursor', async () => {
  using library = openCopy();
  const folder = library.runFolder(1);
  const segment = await readHistorySegment(folder, 7);
  segment.pixels[0] ^= 1;
  await writeHistorySegment(folder, 7, segment, config);
  const path = checkpointPath(library.runFolder(1), 7);
  const { tensors, metadata } = await readSafeTensors(path);
  const state = JSON.parse(metadata.state) as { historyRandom: number[]; real: { cursor: number } };
  state.historyRandom[0] ^= 1;
  state.real.cursor += 1;
  await writeSafeTensors(path, { tensors, metadata: { ...metadata, state: JSON.stringify(state) } });
  const { differences } = await prove(library);
  expect(differences.map(({ name }) => name)).toEqual([
    'generator of the history buffer',
    'cursor of the real data',
    'history buffer: pixels',
  ]);
});

test('promises nothing of another device, and tells how far apart the two are', async () => {
  using library = openCopy();
  const path = checkpointPath(library.runFolder(1), 7);
  await tamper(path, 'refiner/enter/filter', 0);
  const elsewhere = { ...engine, device: 'CPU, 64 threads' };
  const proof = await prove(library, elsewhere);
  expect(proof.isPromised).toBe(false);
  expect(describeProof(proof, elsewhere)).toMatch(/agree within \d\.\de-[789].* promised only by an engine/);
});

test('needs two checkpoints', async () => {
  const copy = openCopy();
  copy.close();
  using library = openLibrary(copy.folder, { access: 'write' });
  library.checkpoints.truncateAfter(1, library.checkpoints.list(1)[0].step);
  await expect(prove(library)).rejects.toMatchObject({ code: 'not-found' });
  await expect(prove(library)).rejects.toThrow('run 1 has no two checkpoints');
});

test('a proof that is stopped says so and leaves no copy', async () => {
  using library = openCopy();
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(
    proveRun(library, engine, findRun(library, 'last'), { ...hooks, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'cancelled' });
  expect(readdirSync(temporary)).toEqual([]);
});
