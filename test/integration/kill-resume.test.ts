import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../core/base/random.ts';
import { createEyeLibrary } from '../support/eye-library.ts';
import { workKilled, workThrough } from '../support/kills.ts';
import { temporaryFolder } from '../support/simgan.ts';

/** Of a run of seconds that saves and shows much on its way; test/bench/kills.ts kills longer ones hundreds of times. */
const TRAIN_FLAGS = [
  ...['--preset', 'test', '--engine', 'wasm', '--threads', '1'],
  ...['--width-px', '20', '--height-px', '16', '--history-capacity', '24'],
  ...['--steps', '40', '--checkpoint-every', '4', '--preview-every', '6'],
];

test('a run that is killed again and again while it packs, trains, refines and exports is its twin, bit for bit', async () => {
  const folder = await temporaryFolder();
  const [original, library] = ['a', 'killed'].map((name) => join(folder, `${name}.simgan`));
  (await createEyeLibrary(original, 24)).close();
  await cp(original, library, { recursive: true });
  // Side by side, for there are two of most processors.
  const [twin, survivor] = await Promise.all([
    workThrough(original, TRAIN_FLAGS),
    workKilled(library, {
      random: createRandom(4, 'kill-resume'),
      trainFlags: TRAIN_FLAGS,
      kills: { packing: 1, training: 6, refining: 1, exporting: 1 },
    }),
  ]);
  const kills = [...survivor.phases.values()].reduce((sum, count) => sum + count, 0);
  expect(kills).toBeGreaterThanOrEqual(4);
  // Ten checkpoints with their histories, previews, metrics, events, refined images and an export.
  expect(twin.size).toBeGreaterThan(120);
  expect(Object.fromEntries(survivor.fingerprint)).toEqual(Object.fromEntries(twin));
});
