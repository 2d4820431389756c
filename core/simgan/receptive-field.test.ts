import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { discriminatorMap, type DiscriminatorConfig } from './discriminator-map.ts';
import { buildDiscriminator } from './discriminator.ts';
import { fieldBox, receptiveField } from './receptive-field.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

const base = { channels: 1, adversarialLoss: 'local' } as const;
const cases: (DiscriminatorConfig & { readonly name: string })[] = [
  {
    ...{ ...base, name: 'the paper’s eyes', widthPx: 55, heightPx: 35, discriminatorPadding: 'same' },
    discriminatorLayers: '3x3/2:6 3x3/2:6 pool3x3/1 3x3:6 1x1:6',
  },
  {
    ...{ ...base, name: 'without padding', widthPx: 55, heightPx: 36, discriminatorPadding: 'valid' },
    discriminatorLayers: '3x3/2:6 3x3/2:6 pool3x3/1 3x3:6',
  },
  {
    ...{ ...base, name: 'even and odd sides', widthPx: 40, heightPx: 33, discriminatorPadding: 'same' },
    discriminatorLayers: '5x5/2:6 3x3/2:6 pool3x3/2 1x1:6',
  },
];

/** Pixels on which a place depends, by the gradient of its logits: what the network itself says. */
function seenBy(config: DiscriminatorConfig, column: number, row: number) {
  const { widthPx, heightPx } = config;
  const seen = new Set<string>();
  // Several nets: a ReLU may be silent for one of them.
  for (let seed = 0; seed < 12; seed++) {
    const random = createRandom(seed);
    const discriminator = buildDiscriminator(config, random);
    const gradient = tf.tidy(() => {
      const images = tf.tensor4d(
        Float32Array.from({ length: widthPx * heightPx }, () => random.normal()),
        [1, heightPx, widthPx, 1],
      );
      const logit = (x: tf.Tensor) =>
        tf.sum(tf.slice(discriminator.apply(x as tf.Tensor4D), [0, row, column, 0], [1, 1, 1, 1]));
      return tf.grad(logit)(images).dataSync();
    });
    gradient.forEach((value, place) => {
      if (value !== 0) seen.add(`${place % widthPx},${Math.floor(place / widthPx)}`);
    });
    discriminator.dispose();
  }
  const places = [...seen].map((text) => text.split(',').map(Number));
  const [xs, ys] = [places.map(([x]) => x), places.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: left, y: top, width: Math.max(...xs) + 1 - left, height: Math.max(...ys) + 1 - top };
}

describe.each(cases)('$name', (config) => {
  const { width, height } = discriminatorMap(config).output;
  test.each([
    ['in the middle', Math.floor(width / 2), Math.floor(height / 2)],
    ['in the first corner', 0, 0],
    ['in the last corner', width - 1, height - 1],
  ])('%s, the box is what the gradient reaches', (_, column, row) => {
    expect(fieldBox(receptiveField(config), { column, row }, config)).toEqual(seenBy(config, column, row));
  });
});

test('a global loss sees the whole image', () => {
  const config: DiscriminatorConfig = { ...cases[0], adversarialLoss: 'global' };
  const box = fieldBox(receptiveField(config), { column: 0, row: 0 }, config);
  expect(box).toEqual({ x: 0, y: 0, width: 55, height: 35 });
});
