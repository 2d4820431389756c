import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { lookOfPatch } from './patch-look.ts';
import { smooth } from './plane.ts';

const size = { widthPx: 24, heightPx: 18 };
/** A dark disc with a sharp edge on a light ground, with a little grain. */
function patch(change: (value: number, at: number) => number = (value) => value) {
  const random = createRandom(1);
  const values = Float32Array.from({ length: size.widthPx * size.heightPx }, (_, at) => {
    const [x, y] = [at % size.widthPx, Math.floor(at / size.widthPx)];
    const inside = Math.hypot(x - 11.5, y - 8.5) < 5;
    return change((inside ? 60 : 150) + 2 * random.normal(), at);
  });
  return { ...size, values };
}

test('noise is read as what it is, on a slope as well', () => {
  const random = createRandom(2);
  const noisy = patch((value, at) => value + 3 * (at % size.widthPx) + 5 * random.normal());
  const onSlope = { ...size, values: patch((_, at) => 3 * (at % size.widthPx) + 5 * random.normal()).values };
  expect(Math.abs(lookOfPatch(onSlope).noise - 5)).toBeLessThan(0.8);
  expect(lookOfPatch(noisy).noise).toBeGreaterThan(lookOfPatch(patch()).noise + 2);
});

test('light and contrast are read apart from each other', () => {
  const before = lookOfPatch(patch());
  const lighter = lookOfPatch(patch((value) => value + 9));
  expect(lighter.mean - before.mean).toBeCloseTo(9, 3);
  expect(lighter.contrast).toBeCloseTo(before.contrast, 3);
  const harder = lookOfPatch(patch((value) => 128 + 1.4 * (value - 128)));
  expect(harder.contrast / before.contrast).toBeCloseTo(1.4, 3);
});

test('sharpness falls with blur, at whatever contrast', () => {
  const flat = patch((value) => 128 + 0.5 * (value - 128));
  expect(lookOfPatch(flat).sharpness).toBeCloseTo(lookOfPatch(patch()).sharpness, 5);
  for (const sharp of [patch(), flat]) {
    const soft = { ...size, values: smooth(sharp, 2) };
    expect(lookOfPatch(soft).sharpness).toBeLessThan(0.9 * lookOfPatch(sharp).sharpness);
  }
});
