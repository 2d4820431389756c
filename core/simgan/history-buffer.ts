import type { Random } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';

/** One refined image that entered the buffer. */
export interface HistoryEntry {
  readonly slot: number;
  /** Index of the synthetic image in its pack. */
  readonly source: number;
  /** Step at which the refiner made it. */
  readonly step: number;
  /** Step of the entry that had to go; undefined while the buffer is filling. */
  readonly replacedStep: number | undefined;
}

/** Entries with their pixels, as a checkpoint keeps them. */
export interface HistorySegment {
  readonly slots: Int32Array;
  readonly sources: Int32Array;
  readonly steps: Int32Array;
  /** [entries, values per image], 0…255 or 0…65535 for −1…1. */
  readonly pixels: HistoryPixels;
}

export type HistoryPixels = Uint8Array | Uint16Array;

/** Bits that every value of an image is kept at. */
export type HistoryBits = 8 | 16;

/**
 * The history of refined images (paper §2.3): B images in memory. The discriminator's refined half-batch comes from
 * here, and after each of its updates that many randomly chosen entries give way to newly refined images.
 *
 * Images are kept at the bits of the images that are trained on, as they would be if they were saved: refined images in
 * the buffer are as coarse as the real ones that the discriminator sees beside them.
 */
export interface HistoryBuffer {
  readonly capacity: number;
  readonly bits: HistoryBits;
  /** Entries so far; grows to the capacity and stays there. */
  size(): number;
  /**
   * Distinct random entries; `into` receives their images [count, values]. Throws a RangeError when fewer are there.
   * Returns their slots.
   */
  sample(count: number, random: Random, into: Float32Array): Int32Array;
  /** Puts images [n, values] in: into free slots first, then in place of distinct random entries. */
  replace(images: Float32Array, sources: ArrayLike<number>, step: number, random: Random): HistoryEntry[];
  /** Remembers the buffer as it is. */
  mark(): void;
  /** Takes back what came in since `mark`, bit for bit. There must have been no `markSaved` since. */
  goBack(): void;
  /** Entries that came since `markSaved`, for a checkpoint; one slot appears once, with its latest image. */
  changes(): HistorySegment;
  /** Says that a checkpoint now holds all that `changes` gave. */
  markSaved(): void;
  /** Puts a saved segment back; segments are restored oldest first. */
  restore(segment: HistorySegment): void;
  /** Step at which each entry came in, by slot. */
  enteredSteps(): Int32Array;
}

interface Image {
  readonly source: number;
  readonly step: number;
  readonly pixels: HistoryPixels;
}

/** The buffer at a moment: what of it is no longer there, in the order in which it went. */
interface Marked {
  readonly size: number;
  readonly replaced: { readonly slot: number; readonly wasChanged: boolean; readonly before: Image }[];
}

/** Value of a stored pixel that is 1 in [−1, 1]; 0 is −1. */
const levelsOf = (pixels: HistoryPixels): number => 2 ** (8 * pixels.BYTES_PER_ELEMENT) - 1;

/** Stored pixels in [−1, 1]. */
export function signedHistoryPixels(pixels: HistoryPixels): Float32Array {
  const scale = 2 / levelsOf(pixels);
  const signed = new Float32Array(pixels.length);
  // A loop, because a buffer has tens of millions of them: `from` takes thirty times as long.
  for (let at = 0; at < pixels.length; at++) signed[at] = pixels[at] * scale - 1;
  return signed;
}

/** @throws StudioError 'bad-usage' where this machine cannot hold so many images */
export function createHistoryBuffer(
  capacity: number,
  valuesPerImage: number,
  bits: HistoryBits,
): HistoryBuffer {
  const pixels = allocate(capacity * valuesPerImage, bits, capacity);
  const levels = levelsOf(pixels);
  const sources = new Int32Array(capacity);
  const steps = new Int32Array(capacity);
  const changed = new Set<number>();
  let size = 0;
  let marked: Marked | undefined;

  /** The first `count` of a partial Fisher–Yates over the filled slots: distinct and uniform. */
  const chooseSlots = (count: number, random: Random): Int32Array => {
    const moved = new Map<number, number>();
    return Int32Array.from({ length: count }, (_, index) => {
      const pick = index + random.integer(size - index);
      const slot = moved.get(pick) ?? pick;
      moved.set(pick, moved.get(index) ?? index);
      return slot;
    });
  };

  const imageAt = (slot: number): Image => ({
    source: sources[slot],
    step: steps[slot],
    pixels: pixels.slice(slot * valuesPerImage, (slot + 1) * valuesPerImage),
  });

  const put = (slot: number, images: Float32Array, index: number, source: number, step: number): void => {
    marked?.replaced.push({ slot, wasChanged: changed.has(slot), before: imageAt(slot) });
    const from = index * valuesPerImage;
    const to = slot * valuesPerImage;
    for (let value = 0; value < valuesPerImage; value++) {
      pixels[to + value] = Math.round((Math.max(-1, Math.min(1, images[from + value])) + 1) * (levels / 2));
    }
    sources[slot] = source;
    steps[slot] = step;
    changed.add(slot);
  };

  return {
    capacity,
    bits,
    size: () => size,
    sample(count, random, into) {
      if (count > size) throw new RangeError(`The history buffer holds ${size} images, not ${count}.`);
      const slots = chooseSlots(count, random);
      slots.forEach((slot, index) => {
        const from = slot * valuesPerImage;
        const to = index * valuesPerImage;
        for (let value = 0; value < valuesPerImage; value++) {
          into[to + value] = pixels[from + value] * (2 / levels) - 1;
        }
      });
      return slots;
    },
    replace(images, imageSources, step, random) {
      const count = Math.min(imageSources.length, capacity);
      const free = Math.min(count, capacity - size);
      const replaced = chooseSlots(Math.min(count - free, size), random);
      const entries: HistoryEntry[] = [];
      for (let index = 0; index < count; index++) {
        const slot = index < free ? size + index : replaced[index - free];
        const replacedStep = index < free ? undefined : steps[slot];
        put(slot, images, index, imageSources[index], step);
        entries.push({ slot, source: imageSources[index], step, replacedStep });
      }
      size += free;
      return entries;
    },
    mark() {
      marked = { size, replaced: [] };
    },
    goBack() {
      if (!marked) throw new Error('The history buffer was not marked.');
      for (const { slot, wasChanged, before } of marked.replaced.reverse()) {
        pixels.set(before.pixels, slot * valuesPerImage);
        sources[slot] = before.source;
        steps[slot] = before.step;
        if (!wasChanged) changed.delete(slot);
      }
      ({ size } = marked);
      marked = undefined;
    },
    changes() {
      const slots = Int32Array.from(changed).sort();
      const segmentPixels = newPixels(slots.length * valuesPerImage, bits);
      slots.forEach((slot, index) => {
        segmentPixels.set(
          pixels.subarray(slot * valuesPerImage, (slot + 1) * valuesPerImage),
          index * valuesPerImage,
        );
      });
      return {
        slots,
        sources: slots.map((slot) => sources[slot]),
        steps: slots.map((slot) => steps[slot]),
        pixels: segmentPixels,
      };
    },
    markSaved: () => changed.clear(),
    restore(segment) {
      if (levelsOf(segment.pixels) !== levels) {
        throw new RangeError(
          `Images of ${8 * segment.pixels.BYTES_PER_ELEMENT} bits do not fit into ${bits}.`,
        );
      }
      segment.slots.forEach((slot, index) => {
        pixels.set(
          segment.pixels.subarray(index * valuesPerImage, (index + 1) * valuesPerImage),
          slot * valuesPerImage,
        );
        sources[slot] = segment.sources[index];
        steps[slot] = segment.steps[index];
        size = Math.max(size, slot + 1);
      });
    },
    enteredSteps: () => steps.slice(0, size),
  };
}

const newPixels = (length: number, bits: HistoryBits): HistoryPixels =>
  bits === 8 ? new Uint8Array(length) : new Uint16Array(length);

function allocate(length: number, bits: HistoryBits, capacity: number): HistoryPixels {
  try {
    return newPixels(length, bits);
  } catch (error) {
    const megabytes = Math.ceil((length * bits) / 8e6);
    throw new StudioError(
      'bad-usage',
      `A history buffer of ${capacity} images needs ${megabytes} MB of memory, which cannot be had.`,
      { remedy: 'Lower the history capacity, or train at a smaller image size.', cause: error },
    );
  }
}
