import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { adviseChange, lookOfPatch } from './patch-advice.ts';
import { smooth, type Plane } from './plane.ts';

const size = { widthPx: 24, heightPx: 18 };
/** A dark disc with a sharp edge on a light ground, with a little grain. */
function patch(change: (value: number, x: number, y: number) => number = (value) => value) {
  const random = createRandom(1);
  const values = Float32Array.from({ length: size.widthPx * size.heightPx }, (_, at) => {
    const [x, y] = [at % size.widthPx, Math.floor(at / size.widthPx)];
    const inside = Math.hypot(x - 11.5, y - 8.5) < 5;
    return change((inside ? 60 : 150) + 2 * random.normal(), x, y);
  });
  return { ...size, values };
}
const before = lookOfPatch(patch());

test('noise is read as what it is, on a slope as well', () => {
  const random = createRandom(2);
  const noisy = {
    ...size,
    values: patch().values.map((_, at) => 3 * (at % size.widthPx) + 5 * random.normal()),
  };
  expect(Math.abs(lookOfPatch(noisy).noise - 5)).toBeLessThan(0.8);
});

describe('what was done is what is advised first', () => {
  test('nothing', () => expect(adviseChange(before, before)).toEqual([]));

  test('lighter, darker', () => {
    expect(adviseChange(before, lookOfPatch(patch((value) => value + 9)))).toEqual([
      expect.stringMatching(/^Make it lighter/),
    ]);
    expect(adviseChange(before, lookOfPatch(patch((value) => value - 9)))[0]).toMatch(/^Make it darker/);
  });

  test('grain', () => {
    const random = createRandom(3);
    const grainy = lookOfPatch(patch((value) => value + 8 * random.normal()));
    expect(adviseChange(before, grainy)[0]).toMatch(/^Add grain/);
    expect(adviseChange(grainy, before)[0]).toMatch(/^Take grain away/);
  });

  test('softer and sharper edges, at whatever contrast', () => {
    const ofAdvice = (from: Plane, to: Plane) => adviseChange(lookOfPatch(from), lookOfPatch(to)).join(' ');
    const flat = patch((value) => 128 + 0.5 * (value - 128));
    for (const sharp of [patch(), flat]) {
      const soft = { ...size, values: smooth(sharp, 2) };
      expect(ofAdvice(sharp, soft)).toMatch(/[Ss]often its edges/);
      expect(ofAdvice(soft, sharp)).toMatch(/[Ss]harpen its edges/);
    }
    expect(ofAdvice(patch(), flat)).not.toMatch(/edges/);
  });

  test('more contrast', () => {
    const words = adviseChange(before, lookOfPatch(patch((value) => 128 + 1.4 * (value - 128))));
    expect(words.some((text) => text.startsWith('Raise the contrast'))).toBe(true);
  });
});
