import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { noiseImages, referenceCases, relativeError } from '../../test/reference/cases.ts';
import { mapsOf } from '../../test/reference/maps.ts';
import { discriminatorPass, refinerPass } from '../../test/reference/networks.ts';
import { weightsOf } from '../../test/reference/weights.ts';
import { createSimGan } from './algorithm-1.ts';
import { refineBatch } from './refine.ts';

const TOLERANCE = 5e-6;

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

test.each(referenceCases)('refines and judges: $name', async ({ config }) => {
  const gan = createSimGan(config);
  const count = 3;
  const images = noiseImages(config, count, 'refine');
  const before = tf.memory().numTensors;
  const batch = await refineBatch(gan, images);
  expect(tf.memory().numTensors).toBe(before);

  const x = mapsOf([count, config.heightPx, config.widthPx, config.channels], images);
  const refined = refinerPass(config, await weightsOf(gan.refiner.weights), x).output;
  const logits = discriminatorPass(config, await weightsOf(gan.discriminator.weights), refined).output;
  const probabilities = Array.from({ length: logits.values.length / 2 }, (_, patch) => {
    const [real, fake] = logits.values.subarray(2 * patch, 2 * patch + 2);
    return 1 / (1 + Math.exp(real - fake));
  });
  expect(relativeError(batch.refined, refined.values)).toBeLessThan(TOLERANCE);
  expect([batch.mapHeight, batch.mapWidth]).toEqual([logits.height, logits.width]);
  expect(relativeError(batch.patchMaps, probabilities)).toBeLessThan(TOLERANCE);
  gan.dispose();
});
