import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-settings.ts';
import { createRandom } from '../base/random.ts';
import { StudioError } from '../base/studio-error.ts';
import {
  createHistoryBuffer,
  signedHistoryPixels,
  type HistoryBits,
  type HistoryBuffer,
} from './history-buffer.ts';

const VALUES = 3;

/** Images whose every value is that of their source, near enough to be told apart at 16 bits. */
function imagesOf(sources: readonly number[]): Float32Array {
  return Float32Array.from(sources.flatMap((source) => Array<number>(VALUES).fill(valueOf(source))));
}

const valueOf = (source: number): number => (source % 1000) / 500 - 1;

/** Puts in `count` images whose sources follow on one another. */
function put(buffer: HistoryBuffer, from: number, count: number, step: number, seed = step) {
  const sources = Array.from({ length: count }, (_, index) => from + index);
  return buffer.replace(imagesOf(sources), sources, step, createRandom(seed, 'put'));
}

function everyImage(buffer: HistoryBuffer): { slots: Int32Array; images: Float32Array } {
  const images = new Float32Array(buffer.size() * VALUES);
  const slots = buffer.sample(buffer.size(), createRandom(1), images);
  return { slots, images };
}

describe('history buffer', () => {
  test('fills its free slots in order and replaces nothing before it is full', () => {
    const buffer = createHistoryBuffer(10, VALUES, 16);
    const first = put(buffer, 0, 4, 1);
    expect(first.map(({ slot }) => slot)).toEqual([0, 1, 2, 3]);
    expect(first.map(({ replacedStep }) => replacedStep)).toEqual(Array(4).fill(undefined));
    put(buffer, 4, 4, 2);
    expect(buffer.size()).toBe(8);
    const third = put(buffer, 8, 4, 3);
    expect(buffer.size()).toBe(10);
    expect(third.slice(0, 2)).toEqual([
      { slot: 8, source: 8, step: 3, replacedStep: undefined },
      { slot: 9, source: 9, step: 3, replacedStep: undefined },
    ]);
    for (const { slot, replacedStep } of third.slice(2)) {
      expect(slot).toBeLessThan(8);
      expect(replacedStep).toBe(slot < 4 ? 1 : 2);
    }
  });

  test('a full buffer gives up exactly as many distinct entries as come in', () => {
    const buffer = createHistoryBuffer(12, VALUES, 16);
    put(buffer, 0, 12, 1);
    for (let step = 2; step < 50; step++) {
      const before = buffer.enteredSteps();
      const entries = put(buffer, step * 100, 5, step);
      expect(new Set(entries.map(({ slot }) => slot)).size).toBe(5);
      expect(entries.map(({ replacedStep }) => replacedStep)).toEqual(
        entries.map(({ slot }) => before[slot]),
      );
      const after = buffer.enteredSteps();
      expect(after.filter((entered) => entered === step)).toHaveLength(5);
      expect(after.filter((entered, slot) => entered !== before[slot])).toHaveLength(5);
    }
  });

  test('samples distinct images, every one equally often', () => {
    const buffer = createHistoryBuffer(20, VALUES, 16);
    put(buffer, 0, 20, 1);
    const random = createRandom(4);
    const counts = new Float64Array(20);
    const [rounds, count] = [4000, 5];
    const images = new Float32Array(count * VALUES);
    for (let round = 0; round < rounds; round++) {
      const slots = buffer.sample(count, random, images);
      expect(new Set(slots).size).toBe(count);
      slots.forEach((slot, index) => {
        counts[slot]++;
        expect(Math.abs(images[index * VALUES] - valueOf(slot))).toBeLessThan(1 / 65535);
      });
    }
    const expected = (rounds * count) / 20;
    const chiSquared = counts.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    // 99.9 % quantile at 19 degrees of freedom, which sampling without replacement only lowers.
    expect(chiSquared).toBeLessThan(43.8);
  });

  test.each([8, 16] as const)('keeps %i bits of every value, and mixes no two depths', (bits) => {
    const values = Float32Array.from({ length: 101 }, (_, index) => index / 50 - 1);
    const buffer = createHistoryBuffer(1, values.length, bits);
    buffer.replace(values, [0], 1, createRandom(1));
    const kept = new Float32Array(values.length);
    buffer.sample(1, createRandom(1), kept);
    const halfALevel = 1 / (2 ** bits - 1) + 1e-7;
    kept.forEach((value, index) => {
      expect(Math.abs(value - values[index])).toBeLessThanOrEqual(halfALevel);
    });
    // Levels are as coarse as those of an image file.
    expect(kept).not.toEqual(values);
    const segment = buffer.changes();
    expect(signedHistoryPixels(segment.pixels)).toEqual(kept);
    const other = createHistoryBuffer(1, values.length, bits === 8 ? 16 : 8);
    expect(() => other.restore(segment)).toThrow(`Images of ${bits} bits do not fit into`);
  });

  test('refuses to give more than it has, and cuts off what lies outside of [−1, 1]', () => {
    const buffer = createHistoryBuffer(4, 2, 16);
    buffer.replace(Float32Array.of(-1.5, 1.5), [0], 1, createRandom(1));
    expect(() => buffer.sample(2, createRandom(1), new Float32Array(4))).toThrow(
      'The history buffer holds 1 images, not 2.',
    );
    const image = new Float32Array(2);
    buffer.sample(1, createRandom(1), image);
    expect([...image]).toEqual([-1, 1]);
  });

  test('the ages of its entries are geometric', () => {
    // Each update a share p of the slots is drawn anew, so an entry is k updates old with probability p (1 − p)^k.
    const [capacity, incoming, updates] = [400, 40, 400];
    const share = incoming / capacity;
    const buffer = createHistoryBuffer(capacity, 1, 16);
    const random = createRandom(8);
    const images = new Float32Array(incoming);
    const ages = new Float64Array(updates);
    let observed = 0;
    for (let step = 0; step < updates; step++) {
      buffer.replace(images, new Int32Array(incoming), step, random);
      // After 100 updates (1 − p)^100 < 3e-5 of the first filling is left; every 20th snapshot is nearly independent.
      if (step < 100 || step % 20 > 0) continue;
      for (const entered of buffer.enteredSteps()) {
        ages[step - entered]++;
        observed++;
      }
    }
    const mean = ages.reduce((sum, count, age) => sum + count * age, 0) / observed;
    expect(Math.abs(mean - (1 - share) / share)).toBeLessThan(0.35);
    for (let age = 0; age < 20; age++) {
      const expected = share * (1 - share) ** age;
      expect(Math.abs(ages[age] / observed - expected)).toBeLessThan(0.15 * expected + 0.002);
    }
    // The newest are there for certain.
    expect(ages[0] / observed).toBe(share);
  });

  test('is rebuilt exactly from the changes of any series of checkpoints', () => {
    const bits = fc.constantFrom<HistoryBits>(8, 16);
    const updates = fc.array(fc.record({ count: fc.integer({ min: 1, max: 6 }), save: fc.boolean() }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        bits,
        fc.integer({ min: 1, max: 9 }),
        updates,
        fc.integer(),
        (depth, capacity, series, seed) => {
          const buffer = createHistoryBuffer(capacity, VALUES, depth);
          const copy = createHistoryBuffer(capacity, VALUES, depth);
          series.forEach(({ count, save }, step) => {
            put(buffer, step * 10, count, step, seed + step);
            if (!save) return;
            const segment = buffer.changes();
            expect(new Set(segment.slots).size).toBe(segment.slots.length);
            copy.restore(segment);
            buffer.markSaved();
            expect(buffer.changes().slots).toHaveLength(0);
          });
          copy.restore(buffer.changes());
          expect(copy.size()).toBe(buffer.size());
          expect(copy.enteredSteps()).toEqual(buffer.enteredSteps());
          expect(everyImage(copy)).toEqual(everyImage(buffer));
          // What was restored is saved already.
          expect(copy.changes().slots).toHaveLength(0);
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });

  test('goes back to its mark as if nothing had come since', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        counts,
        counts,
        fc.boolean(),
        (capacity, before, since, isSaved) => {
          const buffer = createHistoryBuffer(capacity, VALUES, 8);
          const twin = createHistoryBuffer(capacity, VALUES, 8);
          before.forEach((count, step) => {
            put(buffer, step * 10, count, step);
            put(twin, step * 10, count, step);
          });
          if (isSaved) for (const one of [buffer, twin]) one.markSaved();
          // What was marked for earlier steps counts no more.
          buffer.mark();
          buffer.mark();
          since.forEach((count, step) => put(buffer, 500 + step * 10, count, 100 + step));
          buffer.goBack();
          expect(buffer.changes()).toEqual(twin.changes());
          expect(buffer.enteredSteps()).toEqual(twin.enteredSteps());
          expect(everyImage(buffer)).toEqual(everyImage(twin));
          // And takes the same from there.
          expect(put(buffer, 700, 5, 200)).toEqual(put(twin, 700, 5, 200));
          expect(everyImage(buffer)).toEqual(everyImage(twin));
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });

  test('says how much memory it needs where that cannot be had', () => {
    const attempt = () => createHistoryBuffer(1_000_000, 1024 * 1024 * 3, 16);
    expect(attempt).toThrow(StudioError);
    expect(attempt).toThrow(/1000000 images needs 6291456 MB/);
  });
});
