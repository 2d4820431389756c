import { describe, expect, test } from 'vitest';
import { GREY_LEVELS_PER_UNIT, greyPlane, type ImageBatch } from '../base/image-batch.ts';
import { createRandom } from '../base/random.ts';
import { editImage, PATCH_EDITS, shareChange, type Area, type PatchEdit } from './patch-edits.ts';
import { lookOfPatch } from './patch-look.ts';

const size = { widthPx: 30, heightPx: 20 };
const area: Area = { x: 6, y: 4, width: 18, height: 12 };

/** A soft dark disc on a light ground with a little grain: one image, grey or in colour. */
function drawing(channels = 1, grain = 1): ImageBatch {
  const random = createRandom(1);
  const images = new Float32Array(size.widthPx * size.heightPx * channels);
  for (let at = 0; at < size.widthPx * size.heightPx; at++) {
    const distance = Math.hypot((at % size.widthPx) - 15, Math.floor(at / size.widthPx) - 10);
    const grey = 150 - 80 / (1 + Math.exp(2 * (distance - 5))) + grain * random.normal();
    for (let channel = 0; channel < channels; channel++) {
      images[at * channels + channel] = (grey + 5 * channel) / GREY_LEVELS_PER_UNIT - 1;
    }
  }
  return { ...size, channels, count: 1, images };
}

function cut(image: ImageBatch) {
  const plane = greyPlane(image, 0);
  const values = Float32Array.from(
    { length: area.width * area.height },
    (_, at) => plane[(area.y + Math.floor(at / area.width)) * size.widthPx + area.x + (at % area.width)],
  );
  return { values, widthPx: area.width, heightPx: area.height };
}

const GREY = 4;
const edited = (edit: PatchEdit, image = drawing()) => editImage(image, area, edit, GREY, createRandom(3));
const before = lookOfPatch(cut(drawing()));
const after = (edit: PatchEdit) => lookOfPatch(cut(edited(edit).image));

describe.each([1, 3])('every edit of an image of %i channels', (channels) => {
  test.each(PATCH_EDITS)('%s stays in its area and within its size', (edit) => {
    const image = drawing(channels);
    const { image: changed, changeGrey } = edited(edit, image);
    expect(changeGrey).toBeGreaterThan(0.1);
    expect(changeGrey).toBeLessThanOrEqual(GREY + 1e-3);
    const outside = changed.images.filter((value, place) => {
      const at = Math.floor(place / channels);
      const [x, y] = [(at % size.widthPx) - area.x, Math.floor(at / size.widthPx) - area.y];
      const isInside = x >= 0 && y >= 0 && x < area.width && y < area.height;
      return !isInside && value !== image.images[place];
    });
    expect(outside).toHaveLength(0);
  });
});

test('edits do what they are called', () => {
  expect(after('lighter').mean - before.mean).toBeCloseTo(GREY, 3);
  expect(after('darker').mean - before.mean).toBeCloseTo(-GREY, 3);
  expect(after('more-contrast').contrast).toBeGreaterThan(before.contrast + 1);
  expect(after('less-contrast').contrast).toBeLessThan(before.contrast - 1);
  expect(after('more-contrast').mean).toBeCloseTo(before.mean, 2);
  expect(after('sharper').sharpness).toBeGreaterThan(1.02 * before.sharpness);
  expect(after('softer').sharpness).toBeLessThan(0.98 * before.sharpness);
  expect(after('more-grain').noise).toBeGreaterThan(before.noise + 3);
  const grainy = drawing(1, 4);
  const cleaned = lookOfPatch(cut(edited('less-grain', grainy).image));
  expect(cleaned.noise).toBeLessThan(0.7 * lookOfPatch(cut(grainy)).noise);
  expect(cleaned.contrast).toBeGreaterThan(0.95 * lookOfPatch(cut(grainy)).contrast);
});

test('a shift moves what is drawn to the named side', () => {
  const middle = (image: ImageBatch): readonly [number, number] => {
    const { values } = cut(image);
    const dark = values.map((value) => Math.max(0, 140 - value));
    const total = dark.reduce((sum, value) => sum + value, 0);
    const along = (place: (at: number) => number): number =>
      dark.reduce((sum, value, at) => sum + value * place(at), 0) / total;
    return [along((at) => at % area.width), along((at) => Math.floor(at / area.width))];
  };
  const [x, y] = middle(drawing());
  expect(middle(edited('left').image)[0]).toBeLessThan(x - 0.1);
  expect(middle(edited('right').image)[0]).toBeGreaterThan(x + 0.1);
  expect(middle(edited('up').image)[1]).toBeLessThan(y - 0.1);
  expect(middle(edited('down').image)[1]).toBeGreaterThan(y + 0.1);
});

describe('what a change is made of', () => {
  const patch = cut(drawing());
  const changeOf = (edit: PatchEdit): Float32Array => {
    const changed = cut(edited(edit).image);
    return changed.values.map((value, at) => value - patch.values[at]);
  };

  test.each([
    ['lighter', 'light'],
    ['more-contrast', 'contrast'],
    ['softer', 'sharpness'],
    ['more-grain', 'rest'],
  ] as const)('%s is %s', (edit, name) => {
    const shares = shareChange(patch, changeOf(edit));
    expect(shares[name]).toBeGreaterThan(0.8);
    const { light, contrast, sharpness, position, rest } = shares;
    expect(light + contrast + sharpness + position + rest).toBeCloseTo(1, 6);
  });

  test('a shift is position', () => {
    for (const edit of ['left', 'down'] as const) {
      expect(shareChange(patch, changeOf(edit)).position).toBeGreaterThan(0.6);
    }
  });

  test('a patch without any contrast can be lighter, and nothing else', () => {
    const flat = { ...patch, values: patch.values.map(() => 90) };
    const random = createRandom(4);
    const change = flat.values.map(() => 2 + random.normal());
    const { light, rest } = shareChange(flat, change);
    expect(light).toBeCloseTo(0.8, 1);
    expect(light + rest).toBeCloseTo(1, 9);
    expect(
      shareChange(
        patch,
        patch.values.map(() => 0),
      ).rest,
    ).toBe(1);
  });
});
