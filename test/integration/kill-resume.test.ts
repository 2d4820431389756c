import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../core/base/random.ts';
import { readSafeTensors, writeSafeTensors } from '../../core/base/safetensors.ts';
import { createEyeLibrary } from '../support/eye-library.ts';
import { workKilled, workThrough, type Survivor } from '../support/kills.ts';
import { simgan, simganJson } from '../support/simgan.ts';

/** Of a run of seconds that saves and shows much on its way; test/bench/kills.ts kills longer ones hundreds of times. */
const TRAIN_FLAGS = [
  ...['--preset', 'test', '--engine', 'wasm', '--threads', '1'],
  ...['--width-px', '20', '--height-px', '16', '--history-capacity', '24'],
  ...['--steps', '40', '--checkpoint-every', '4', '--preview-every', '6'],
];

describe('a run that is killed again and again', () => {
  let folder: string;
  let library: string;
  let twin: ReadonlyMap<string, string>;
  let survivor: Survivor;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simgan-kill-resume-'));
    const original = join(folder, 'a.simgan');
    library = join(folder, 'killed.simgan');
    (await createEyeLibrary(original, 24)).close();
    await cp(original, library, { recursive: true });
    // Side by side, for most processors have two cores.
    [twin, survivor] = await Promise.all([
      workThrough(original, TRAIN_FLAGS),
      workKilled(library, {
        random: createRandom(4, 'kill-resume'),
        trainFlags: TRAIN_FLAGS,
        kills: { packing: 1, training: 6, refining: 1, exporting: 1 },
      }),
    ]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('while it packs, trains, refines and exports, is its twin, bit for bit', () => {
    const kills = [...survivor.phases.values()].reduce((sum, count) => sum + count, 0);
    expect(kills).toBeGreaterThanOrEqual(4);
    // Ten checkpoints with their histories, previews, metrics, events, refined images and an export.
    expect(twin.size).toBeGreaterThan(120);
    expect(Object.fromEntries(survivor.fingerprint)).toEqual(Object.fromEntries(twin));
  });

  test('proves itself on its own engine, and fails once a checkpoint was tampered with', async () => {
    expect(await simganJson(library, 'train', '--prove')).toMatchObject({
      isIdentical: true,
      isPromised: true,
      engine: 'wasm',
      device: 'CPU, 1 thread',
      fromStep: 36,
      toStep: 40,
    });
    const path = join(library, 'runs', '1', 'checkpoints', '000000040.safetensors');
    const { tensors, metadata } = await readSafeTensors(path);
    const bias = tensors.get('refiner/leave/bias')?.values;
    if (bias) bias[0] += 1e-3;
    await writeSafeTensors(path, { tensors, metadata });
    const { exitCode, stdout } = await simgan(library, 'train', '--prove');
    expect(stdout).toMatch(/^not identical: .*refiner\/leave\/bias first at value 0/);
    expect(exitCode).toBe(1);
  });
});
