import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { trainReference } from '../../test/reference/algorithm-1.ts';
import { noiseBatch } from '../../test/reference/batches.ts';
import { referenceCases, referenceRuns, relativeError } from '../../test/reference/cases.ts';
import { trainOnNoise } from '../../test/reference/training.ts';
import { weightsOf } from '../../test/reference/weights.ts';
import { createSimGan } from './algorithm-1.ts';
import { checkpointPath, readCheckpoint, restoreRun } from './checkpoint.ts';
import { lossScale } from './losses.ts';

let engine: Engine;
let runFolder: string;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
beforeEach(async () => {
  runFolder = await mkdtemp(join(tmpdir(), 'simgan-iteration-'));
});
afterEach(() => rm(runFolder, { recursive: true }));
afterAll(() => engine.dispose());

/** Of float32 against float64 after 8 updates of each network: the error of each weight's whole way from its start. */
const WAY_TOLERANCE = 5e-4;
/** What 8 roundings of a weight to float32 may add, relative to the weight. */
const ROUNDING = 8 * 2 ** -24;
const LOSS_TOLERANCE = 1e-5;
/** Of images kept at 16 bits: one level of rounding, on top of the tolerance. */
const LEVEL = 2 / 65535;

const largest = (values: Float64Array): number => Math.max(...values.map(Math.abs));

/**
 * The other networks. What starts as a copy of its input has changes of nothing but rounding, whose signs are not
 * comparable; there the realism loss alone must do.
 */
const otherRuns = referenceCases.slice(1).map(({ name, config }) => ({
  name,
  config: config.refinerStart === 'identity' ? { ...config, lambda: 0, refinerPretrainSteps: 0 } : config,
}));

describe('Algorithm 1 from pre-training to step 3 gives what the float64 reference gives', () => {
  test.each([...referenceRuns, ...otherRuns])('$name', async ({ config }) => {
    const initial = createSimGan(config);
    const start = {
      refiner: weightsOf(initial.refiner.weights),
      discriminator: weightsOf(initial.discriminator.weights),
    };
    initial.dispose();
    let [synthetic, real] = [0, 0];
    const reference = trainReference(config, {
      ...start,
      nextSynthetic: () => noiseBatch(config, 'synthetic', synthetic++).images,
      nextReal: () => noiseBatch(config, 'real', real++).images,
    });

    const { record, ended } = await trainOnNoise(config, { runFolder });
    await expect(ended).resolves.toEqual({ outcome: 'done', step: 3 });
    const checkpoint = await readCheckpoint(checkpointPath(runFolder, 3));
    const saved = (name: string) => Float64Array.from(checkpoint.file.tensors.get(name)?.values ?? []);

    for (const network of ['refiner', 'discriminator'] as const) {
      for (const [name, weight] of reference[network]) {
        const from = start[network].get(name)?.values ?? new Float64Array();
        const way = (values: Float64Array) => values.map((value, at) => value - from[at]);
        const error = relativeError(way(saved(name)), way(weight.values));
        const rounding = (ROUNDING * largest(from)) / largest(way(weight.values));
        expect(error, name).toBeLessThan(WAY_TOLERANCE + rounding);
      }
    }
    for (const [name, values] of reference.slots) {
      expect(relativeError(saved(name), values), name).toBeLessThan(WAY_TOLERANCE);
    }

    // Every step records the last update of each network.
    const { effectiveLambda } = lossScale(config);
    for (const step of [1, 2, 3]) {
      const values = record.metrics.find((metrics) => metrics.step === step)?.values ?? {};
      const ofRefiner = reference.refinerLosses[config.refinerPretrainSteps + step * config.kg - 1];
      const ofDiscriminator =
        reference.discriminatorLosses[config.discriminatorPretrainSteps + step * config.kd - 1];
      const expected = {
        'refiner.realism': ofRefiner.realism,
        'refiner.regularization': effectiveLambda * ofRefiner.regularization,
        'discriminator.loss': (ofDiscriminator.ofRefined + ofDiscriminator.ofReal) / 2,
      };
      for (const [name, value] of Object.entries(expected)) {
        expect(relativeError([values[name]], [value]), `${name} at step ${step}`).toBeLessThan(
          LOSS_TOLERANCE,
        );
      }
    }

    const gan = createSimGan(config);
    await restoreRun(gan, checkpoint, runFolder);
    expect(gan.history?.size() ?? 0).toBe(reference.history.length);
    if (gan.history) {
      const images = new Float32Array(reference.history.length * reference.history[0].length);
      const slots = gan.history.sample(reference.history.length, createRandom(1), images);
      slots.forEach((slot, index) => {
        const size = reference.history[slot].length;
        const image = images.subarray(index * size, (index + 1) * size);
        image.forEach((value, at) =>
          expect(Math.abs(value - reference.history[slot][at])).toBeLessThan(1.01 * LEVEL),
        );
      });
    }
    gan.dispose();
  });
});
