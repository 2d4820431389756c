import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { presetNamed } from '../../test/reference/cases.ts';
import { discriminatorMap } from './discriminator-map.ts';
import { buildDiscriminator } from './discriminator.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

describe('discriminator', () => {
  test.each([
    ['paper-eye', 75_906],
    ['paper-hand', 178_050],
  ])('has the paper’s number of parameters for %s: %d', (name, parameters) => {
    const discriminator = buildDiscriminator(presetNamed(name), createRandom(1));
    expect(discriminator.parameterCount).toBe(parameters);
    discriminator.dispose();
  });

  test.each([
    ['paper-eye', 'same', { height: 9, width: 14, receptiveFieldPx: 23, stridePx: 4 }],
    ['paper-eye', 'valid', { height: 4, width: 9, receptiveFieldPx: 23, stridePx: 4 }],
    ['paper-hand', 'same', { height: 7, width: 7, receptiveFieldPx: 71, stridePx: 32 }],
    ['paper-hand', 'valid', { height: 5, width: 5, receptiveFieldPx: 71, stridePx: 32 }],
  ] as const)('map and patches of %s, padding %s', (name, discriminatorPadding, expected) => {
    const { output, patches, ...patch } = discriminatorMap({ ...presetNamed(name), discriminatorPadding });
    expect({ ...output, receptiveFieldPx: patch.receptiveFieldPx, stridePx: patch.stridePx }).toEqual(
      expected,
    );
    expect(patches).toBe(expected.height * expected.width);
  });

  test.each(['same', 'valid'] as const)(
    'gives the map that is announced, whatever the size of the image (%s)',
    (discriminatorPadding) => {
      for (const [widthPx, heightPx] of [
        [55, 35],
        [24, 25],
        [31, 26],
      ] as const) {
        for (const adversarialLoss of ['local', 'global'] as const) {
          const config = {
            ...presetNamed('paper-eye'),
            discriminatorLayers: '3x3/2:4 3x3/2:3 pool3x3/1 3x3:3 1x1:2',
            widthPx,
            heightPx,
            discriminatorPadding,
            adversarialLoss,
          };
          const discriminator = buildDiscriminator(config, createRandom(1));
          tf.tidy(() => {
            const { output } = discriminatorMap(config);
            expect(discriminator.apply(tf.zeros([2, heightPx, widthPx, 1])).shape).toEqual([
              2,
              output.height,
              output.width,
              2,
            ]);
          });
          discriminator.dispose();
        }
      }
    },
  );

  test('a patch of the map depends on the stated receptive field and on nothing else', () => {
    const config: TrainingConfig = {
      ...presetNamed('paper-eye'),
      widthPx: 48,
      heightPx: 23,
      discriminatorLayers: '3x3/2:2 3x3/2:2 pool3x3/1 3x3:2 1x1:2',
      discriminatorPadding: 'valid',
    };
    const { receptiveFieldPx, stridePx, output } = discriminatorMap(config);
    const discriminator = buildDiscriminator(config, createRandom(2));
    tf.tidy(() => {
      for (const { variable } of discriminator.weights) variable.assign(tf.abs(variable));
      const place = 3;
      // Over many images every pixel that the pooling can pass on wins somewhere.
      const images = 400;
      const random = createRandom(3);
      const x = tf.tensor4d(
        Float32Array.from({ length: images * 23 * 48 }, () => random.uniform()),
        [images, 23, 48, 1],
      );
      const total = (all: tf.Tensor) =>
        tf.sum(
          tf.slice(discriminator.apply(all as tf.Tensor4D), [0, 0, place, 0], [images, output.height, 1, 2]),
        );
      const seen = tf.sum(tf.abs(tf.grad(total)(x)), [0, 1, 3]).dataSync();
      const columns = [...seen.keys()].filter((column) => seen[column] > 0);
      expect(columns[0]).toBe(place * stridePx);
      expect(columns.length).toBe(receptiveFieldPx);
    });
    discriminator.dispose();
  });

  test('says which image is too small for which layers', () => {
    const attempt = () =>
      discriminatorMap({
        ...presetNamed('paper-hand'),
        widthPx: 64,
        heightPx: 40,
        discriminatorPadding: 'valid',
      });
    expect(attempt).toThrow(StudioError);
    expect(attempt).toThrow('An image of 64×40 px is too small for the discriminator layers "7x7/4:96');
  });
});
