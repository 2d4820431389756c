import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { StudioError, systemCodeOf } from '../../base/studio-error.ts';
import { fullScaleOf, toSigned } from './normalise.ts';
import { PIXELS_OFFSET, damagedPack, decodePackHeader, strideBytesOf } from './pack-header.ts';
import type { PackFacts } from './pack-header.ts';
import { bitDepthOf, newPixels } from './raster.ts';
import type { Pixels } from './raster.ts';

export { createPackWriter } from './pack-writer.ts';

/** A dataset's pictures at training size, read by index. */
export interface Pack extends Readonly<PackFacts> {
  readonly path: string;
  /** Whether all pixels are held in memory, so that reading waits for no disk. */
  readonly isInMemory: boolean;
  /** Pictures as [n, height, width, channels] in [−1, 1]. @throws RangeError for an index outside the pack */
  readImages(indices: ArrayLike<number>, into: Float32Array): Promise<void>;
  /** The same as stored pixels; `into` must have the pack's bit depth. */
  readRaw(indices: ArrayLike<number>, into: Pixels): Promise<void>;
  /** Reads every pixel and compares the hash. @throws StudioError 'bad-input' when a byte has changed */
  verify(): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_MEMORY_BUDGET_BYTES = 1024 ** 3;
const BLOCK_BYTES = 16 * 1024 ** 2;

/**
 * Opens a pack. One that fits the memory budget is read and verified at once; of a larger one only the header and the
 * size are checked (`verify` reads the rest).
 * @throws StudioError 'not-found', 'too-new', or 'bad-input' for what is damaged or cut off
 */
export async function openPack(
  path: string,
  options: { readonly memoryBudgetBytes?: number } = {},
): Promise<Pack> {
  const handle = await openFile(path);
  try {
    const start = Buffer.alloc(PIXELS_OFFSET);
    const { bytesRead } = await handle.read(start, 0, PIXELS_OFFSET, 0);
    const { size } = await handle.stat();
    const facts = decodePackHeader(start.subarray(0, bytesRead), size, path);
    const fits = size - PIXELS_OFFSET <= (options.memoryBudgetBytes ?? DEFAULT_MEMORY_BUDGET_BYTES);
    const held = fits ? newPixels(facts.count * valuesOf(facts), facts.bitDepth) : undefined;
    if (held) {
      await verifyPixels(handle, facts, path, bytesOf(held));
      await handle.close();
    }
    return createPack(path, facts, handle, held);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function createPack(path: string, facts: PackFacts, handle: FileHandle, held: Pixels | undefined): Pack {
  const length = valuesOf(facts);
  const strideBytes = strideBytesOf(facts);
  const fullScale = fullScaleOf(facts.preprocessing);

  const checkRequest = (indices: ArrayLike<number>, into: ArrayLike<number>): void => {
    if (into.length < indices.length * length) {
      throw new RangeError(
        `${indices.length} pictures need ${indices.length * length} values, not ${into.length}.`,
      );
    }
    for (const index of Array.from(indices)) {
      if (!Number.isInteger(index) || index < 0 || index >= facts.count) {
        throw new RangeError(`The pack has pictures 0 to ${facts.count - 1}, not ${index}.`);
      }
    }
  };
  const readAt = async (index: number, bytes: Uint8Array): Promise<void> => {
    const { bytesRead } = await handle.read(bytes, 0, strideBytes, PIXELS_OFFSET + index * strideBytes);
    if (bytesRead !== strideBytes) throw damagedPack(path, `is damaged: it ends before picture ${index}`);
  };
  const readFromFile = async (indices: ArrayLike<number>, into: Pixels): Promise<void> => {
    const bytes = bytesOf(into);
    await Promise.all(
      Array.from(indices, (index, place) =>
        readAt(index, bytes.subarray(place * strideBytes, (place + 1) * strideBytes)),
      ),
    );
  };

  return {
    ...facts,
    path,
    isInMemory: held !== undefined,
    async readImages(indices, into) {
      checkRequest(indices, into);
      if (held) {
        for (let place = 0; place < indices.length; place++) {
          const start = indices[place] * length;
          toSigned(held.subarray(start, start + length), fullScale, into, place * length);
        }
        return;
      }
      const raw = newPixels(indices.length * length, facts.bitDepth);
      await readFromFile(indices, raw);
      toSigned(raw, fullScale, into);
    },
    async readRaw(indices, into) {
      checkRequest(indices, into);
      if (bitDepthOf(into) !== facts.bitDepth) {
        throw new TypeError(`The pack has pixels of ${facts.bitDepth} bit.`);
      }
      if (!held) {
        await readFromFile(indices, into);
        return;
      }
      for (let place = 0; place < indices.length; place++) {
        const start = indices[place] * length;
        into.set(held.subarray(start, start + length), place * length);
      }
    },
    async verify() {
      if (!held) await verifyPixels(handle, facts, path);
    },
    close: () => (held ? Promise.resolve() : handle.close()),
  };
}

function valuesOf(facts: PackFacts): number {
  return facts.widthPx * facts.heightPx * facts.channels;
}

function bytesOf(pixels: Pixels): Uint8Array {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}

/** Hashes all pixels, reading them into `into` where it is given. */
async function verifyPixels(
  handle: FileHandle,
  facts: PackFacts,
  path: string,
  into?: Uint8Array,
): Promise<void> {
  const totalBytes = facts.count * strideBytesOf(facts);
  const hash = createHash('sha256');
  const scratch = into ? undefined : new Uint8Array(Math.min(BLOCK_BYTES, totalBytes));
  for (let done = 0; done < totalBytes;) {
    const blockBytes = Math.min(BLOCK_BYTES, totalBytes - done);
    const block =
      into?.subarray(done, done + blockBytes) ?? scratch?.subarray(0, blockBytes) ?? new Uint8Array(0);
    const { bytesRead } = await handle.read(block, 0, blockBytes, PIXELS_OFFSET + done);
    if (bytesRead === 0) throw damagedPack(path, 'is damaged: it is cut off');
    hash.update(block.subarray(0, bytesRead));
    done += bytesRead;
  }
  if (hash.digest('hex') !== facts.sha256) throw damagedPack(path, 'is damaged: its pixels have changed');
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    throw new StudioError('not-found', `The pack ${path} is not there.`, {
      remedy:
        'Put it back from a backup, or start a training on the same images with the same settings: it makes the pack again.',
      details: { path },
      cause: error,
    });
  }
}
