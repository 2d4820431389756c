import { z } from 'zod';
import { restoreRandom } from '../../base/random.ts';
import type { Random } from '../../base/random.ts';
import { StudioError } from '../../base/studio-error.ts';
import type { Pack } from './pack.ts';

interface Batch {
  /** [batchSize, height, width, channels] in [−1, 1]; the caller's to keep. */
  readonly images: Float32Array;
  /** Which pictures of the pack these are. */
  readonly indices: Int32Array;
}

const word = z.int().min(0).max(0xffffffff);

/** Where a batch source stands; plain JSON, for checkpoints. */
export const batchSourceStateSchema = z.strictObject({
  /** Counted from 0. */
  epoch: z.int().min(0),
  /** Of the generator as it was before it shuffled this epoch. */
  generator: z.tuple([word, word, word, word]).readonly(),
  /** How many pictures of the epoch have been handed out. */
  cursor: z.int().min(0),
  /** Of the pack. */
  count: z.int().min(1),
});

export type BatchSourceState = z.infer<typeof batchSourceStateSchema>;

export interface BatchSource {
  /** For one caller that awaits each batch before it asks for another. */
  next(): Promise<Batch>;
  /** After the last batch handed out, whatever has been read ahead. */
  state(): BatchSourceState;
  /** Time spent in `next` so far: what training waited for data. */
  readonly waitedMs: number;
}

export interface BatchSourceOptions {
  readonly batchSize: number;
  /** Where the order comes from. The source goes on with a copy; this generator is not advanced. */
  readonly random: Random;
  /** Batches read ahead; 0 for none. Changes nothing but the waiting. */
  readonly prefetch?: number;
  /** Goes on where another source of the same pack stood; `random` is then not used. */
  readonly restore?: BatchSourceState;
}

/**
 * Endless batches: every epoch is a new shuffle of all pictures, without replacement; a batch that reaches over the end
 * of an epoch goes on in the next, so that none is left out.
 * @throws StudioError 'bad-usage' for a batch larger than the pack, or a state of another pack
 */
export function createBatchSource(pack: Pack, options: BatchSourceOptions): BatchSource {
  const { batchSize, prefetch = 2, restore } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`A batch holds a whole number of pictures, at least 1, not ${batchSize}.`);
  }
  if (batchSize > pack.count) {
    throw new StudioError(
      'bad-usage',
      `A batch of ${batchSize} is larger than the dataset of ${pack.count}.`,
      {
        remedy: `Set the batch size to ${pack.count - (pack.count % 2)} or less, or import more images.`,
        details: { path: pack.path, batchSize, count: pack.count },
      },
    );
  }
  if (restore && restore.count !== pack.count) {
    throw new StudioError(
      'bad-usage',
      `The checkpoint stands in a dataset of ${restore.count} images, and ${pack.path} holds ${pack.count}.`,
      {
        remedy: 'Resume with the pack that the run was started with, or start a new run.',
        details: { path: pack.path, expected: restore.count, count: pack.count },
      },
    );
  }

  const order = createEpochOrder(
    restore ?? { epoch: 0, generator: options.random.state(), cursor: 0, count: pack.count },
  );
  const imageLength = pack.widthPx * pack.heightPx * pack.channels;
  const ahead: Ahead[] = [];
  let delivered = order.state();
  let waitedMs = 0;

  const readNext = (): Ahead => {
    const indices = order.take(batchSize);
    const images = new Float32Array(batchSize * imageLength);
    const batch = pack.readImages(indices, images).then(() => ({ images, indices }));
    // A failed read is reported by the `next` that asks for it, not as an unhandled rejection before.
    batch.catch(() => undefined);
    return { batch, stateAfter: order.state() };
  };

  return {
    async next() {
      const startMs = performance.now();
      const { batch, stateAfter } = ahead.shift() ?? readNext();
      const result = await batch;
      delivered = stateAfter;
      while (ahead.length < prefetch) ahead.push(readNext());
      waitedMs += performance.now() - startMs;
      return result;
    },
    state: () => delivered,
    get waitedMs() {
      return waitedMs;
    },
  };
}

interface Ahead {
  readonly batch: Promise<Batch>;
  readonly stateAfter: BatchSourceState;
}

/** The endless sequence of indices, from a state on. */
function createEpochOrder(start: BatchSourceState): {
  take(howMany: number): Int32Array;
  state(): BatchSourceState;
} {
  const random = restoreRandom(start.generator);
  const { count } = start;
  let { epoch, generator, cursor } = start;
  const shuffled = (): Int32Array => random.shuffle(Int32Array.from({ length: count }, (_, index) => index));
  let indices = shuffled();
  return {
    take(howMany) {
      const taken = new Int32Array(howMany);
      for (let place = 0; place < howMany; place++) {
        if (cursor === count) {
          epoch++;
          cursor = 0;
          generator = random.state();
          indices = shuffled();
        }
        taken[place] = indices[cursor++];
      }
      return taken;
    },
    state: () => ({ epoch, generator, cursor, count }),
  };
}
