import type { Random } from '../base/random.ts';
import { GREY_LEVELS_PER_UNIT, type ImageBatch } from '../base/image-batch.ts';
import { smooth, type Plane } from './plane.ts';

/** Small changes that have a name, each what somebody who draws or photographs can do. */
export const PATCH_EDITS = [
  'lighter',
  'darker',
  'more-contrast',
  'less-contrast',
  'sharper',
  'softer',
  'more-grain',
  'less-grain',
  'left',
  'right',
  'up',
  'down',
] as const;

export type PatchEdit = (typeof PATCH_EDITS)[number];

/** A part of an image, in whole pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How much an edit changes at most: the mean over the area, in grey levels, so that edits can be compared. */
export const EDIT_STRENGTHS_GREY = [4, 8, 16] as const;

/** Blur that is added or taken away. */
const BLUR_PX = 1;

/** How often an edit can be applied on top of itself where once changes little. All of it is once. */
const MOST_TIMES: Record<PatchEdit, number> = {
  lighter: Infinity,
  darker: Infinity,
  'more-contrast': 1,
  'less-contrast': 1,
  sharper: 2,
  softer: 1,
  'more-grain': Infinity,
  'less-grain': 1,
  left: 1,
  right: 1,
  up: 1,
  down: 1,
};

/**
 * One image with one small edit in an area; the rest stays as it was. The edit is as strong as changes the area by
 * `grey` levels on average, or as strong as it can be. A shift moves what is drawn by a part of a pixel, up to
 * a whole one.
 * @returns the image, and by how much the area changed (mean, grey levels; cut off at black and white)
 */
export function editImage(
  image: ImageBatch,
  area: Area,
  edit: PatchEdit,
  grey: number,
  random: Random,
): { readonly image: ImageBatch; readonly changeGrey: number } {
  const { channels } = image;
  const planes = Array.from({ length: channels }, (_, channel) => channelPlane(image, channel));
  const changes = changesOf(planes, area, edit, random);
  const places = placesIn(image, area);
  const meanOf = (values: (at: number, channel: number) => number): number => {
    let sum = 0;
    for (const at of places) for (let channel = 0; channel < channels; channel++) sum += values(at, channel);
    return sum / (places.length * channels);
  };
  const once = meanOf((at, channel) => Math.abs(changes[channel][at]));
  const times = once > 0 ? Math.min(MOST_TIMES[edit], grey / once) : 0;
  const images = image.images.slice();
  for (const at of places) {
    for (let channel = 0; channel < channels; channel++) {
      const place = at * channels + channel;
      const value = images[place] + (times * changes[channel][at]) / GREY_LEVELS_PER_UNIT;
      images[place] = Math.max(-1, Math.min(1, value));
    }
  }
  const changed = meanOf((at, channel) => {
    const place = at * channels + channel;
    return Math.abs(images[place] - image.images[place]);
  });
  return { image: { ...image, images }, changeGrey: changed * GREY_LEVELS_PER_UNIT };
}

/** What an edit adds to each pixel of the planes, once. Grain is alike in all of them. */
function changesOf(planes: readonly Plane[], area: Area, edit: PatchEdit, random: Random): Float32Array[] {
  if (edit !== 'more-grain') return planes.map((plane) => changeOf(plane, area, edit));
  const grain = planes[0].values.map(() => random.normal());
  return planes.map(() => grain);
}

/** What an edit adds to each pixel of a plane, once, in grey levels; only what it adds in the area matters. */
function changeOf(plane: Plane, area: Area, edit: Exclude<PatchEdit, 'more-grain'>): Float32Array {
  const { values } = plane;
  const toward = (wanted: ArrayLike<number>): Float32Array => values.map((value, at) => wanted[at] - value);
  switch (edit) {
    case 'lighter':
      return values.map(() => 1);
    case 'darker':
      return values.map(() => -1);
    case 'more-contrast':
    case 'less-contrast': {
      const places = placesIn(plane, area);
      const mean = places.reduce((sum, at) => sum + values[at], 0) / places.length;
      return values.map((value) => (edit === 'more-contrast' ? value - mean : mean - value));
    }
    case 'sharper': {
      const soft = smooth(plane, BLUR_PX);
      return values.map((value, at) => value - soft[at]);
    }
    case 'softer':
      return toward(smooth(plane, BLUR_PX));
    case 'less-grain':
      return toward(medianOfNine(plane));
    case 'left':
      return toward(shifted(plane, 1, 0));
    case 'right':
      return toward(shifted(plane, -1, 0));
    case 'up':
      return toward(shifted(plane, 0, 1));
    case 'down':
      return toward(shifted(plane, 0, -1));
  }
}

/** Each pixel takes the value of the one so many columns and rows further; border pixels repeat. */
function shifted(plane: Plane, columns: number, rows: number): Float32Array {
  const { values, widthPx } = plane;
  return values.map((_, at) => valueAt(plane, (at % widthPx) + columns, Math.floor(at / widthPx) + rows));
}

/** The median of each pixel and its neighbours: takes grain away and leaves edges. */
function medianOfNine(plane: Plane): Float32Array {
  const { values, widthPx } = plane;
  const nine = new Float32Array(9);
  return values.map((_, at) => {
    const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
    for (let near = 0; near < 9; near++) {
      nine[near] = valueAt(plane, x + (near % 3) - 1, y + Math.floor(near / 3) - 1);
    }
    return nine.sort()[4];
  });
}

function valueAt({ values, widthPx, heightPx }: Plane, x: number, y: number): number {
  const column = Math.max(0, Math.min(widthPx - 1, x));
  return values[Math.max(0, Math.min(heightPx - 1, y)) * widthPx + column];
}

/** Of a [−1, 1] image, in grey levels. */
function channelPlane({ images, heightPx, widthPx, channels }: ImageBatch, channel: number): Plane {
  const values = Float32Array.from(
    { length: heightPx * widthPx },
    (_, at) => (images[at * channels + channel] + 1) * GREY_LEVELS_PER_UNIT,
  );
  return { values, heightPx, widthPx };
}

function placesIn({ widthPx }: { readonly widthPx: number }, { x, y, width, height }: Area): number[] {
  return Array.from(
    { length: width * height },
    (_, at) => (y + Math.floor(at / width)) * widthPx + x + (at % width),
  );
}

/** What a change of a patch is made of, as shares of its sum of squares; together 1. */
export interface ChangeShares {
  /** Lighter or darker as a whole. */
  readonly light: number;
  /** Light and dark drawn apart or together. */
  readonly contrast: number;
  /** Edges steeper or softer. */
  readonly sharpness: number;
  /** What is drawn moved sideways or up and down. */
  readonly position: number;
  /** None of these. */
  readonly rest: number;
}

/** The directions of each name: from one edit to its opposite. */
const DIRECTIONS = {
  light: [['lighter', 'darker']],
  contrast: [['more-contrast', 'less-contrast']],
  sharpness: [['sharper', 'softer']],
  position: [
    ['right', 'left'],
    ['down', 'up'],
  ],
} as const;

type ChangeName = keyof typeof DIRECTIONS;

/**
 * What a small change of a patch is made of: its projections on the directions of the simple edits. The name that explains
 * most of it counts first, then the one that explains most of what is left, so that shares add up.
 * @param change of each pixel of the patch; the scale does not matter
 */
export function shareChange(patch: Plane, change: Float32Array): ChangeShares {
  const all: Area = { x: 0, y: 0, width: patch.widthPx, height: patch.heightPx };
  const shares: Record<ChangeName, number> = { light: 0, contrast: 0, sharpness: 0, position: 0 };
  const total = dot(change, change);
  if (total === 0) return { ...shares, rest: 1 };
  const basis: Float64Array[] = [];
  const open = (Object.keys(DIRECTIONS) as ChangeName[]).map((name) => ({
    name,
    directions: DIRECTIONS[name].map(([edit, opposite]) => {
      const change = changeOf(patch, all, edit);
      return Float64Array.from(changeOf(patch, all, opposite), (value, at) => change[at] - value);
    }),
  }));
  while (open.length > 0) {
    const explained = open.map(({ directions }) => {
      const units = unitsOf(directions, basis);
      return { units, share: units.reduce((sum, unit) => sum + dot(change, unit) ** 2 / total, 0) };
    });
    const most = explained.reduce((best, { share }, at) => (share > explained[best].share ? at : best), 0);
    shares[open[most].name] = explained[most].share;
    basis.push(...explained[most].units);
    open.splice(most, 1);
  }
  const named = Object.values(shares).reduce((sum, share) => sum + share, 0);
  return { ...shares, rest: Math.max(0, 1 - named) };
}

/** Orthonormal directions of what some directions add to those that are known (Gram–Schmidt). */
function unitsOf(directions: readonly Float64Array[], known: readonly Float64Array[]): Float64Array[] {
  const units: Float64Array[] = [];
  for (const direction of directions) {
    const left = direction.slice();
    for (const unit of [...known, ...units]) subtract(left, unit, dot(left, unit));
    const length = Math.sqrt(dot(left, left));
    // A patch without contrast has no direction but lighter and darker.
    if (length > 1e-4 * Math.sqrt(dot(direction, direction))) units.push(left.map((value) => value / length));
  }
  return units;
}

function subtract(from: Float64Array, unit: Float64Array, times: number): void {
  for (let at = 0; at < from.length; at++) from[at] -= times * unit[at];
}

function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at] * right[at];
  return sum;
}
