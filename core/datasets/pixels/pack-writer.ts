import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../../base/atomic-file.ts';
import { StudioError, explainWriteError } from '../../base/studio-error.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { PIXELS_OFFSET, encodePackHeader, strideBytesOf } from './pack-header.ts';
import { preprocessingHash } from './prepare.ts';
import { bitDepthOf } from './raster.ts';
import type { Pixels } from './raster.ts';

export interface PackWriter {
  /**
   * Adds one prepared picture; await it before the next.
   * @param decoder what made the pixels of its file, for the record; left out for pixels that come from no file
   */
  append(pixels: Pixels, decoder?: string): Promise<void>;
  /** Flushes, seals and renames the file. @throws StudioError 'bad-usage' when nothing was appended */
  finish(): Promise<{ readonly count: number; readonly sha256: string; readonly decoder: string }>;
  /** Leaves nothing behind. Does nothing after `finish` or another `abort`. */
  abort(): Promise<void>;
}

const BLOCK_BYTES = 1024 * 1024;

/**
 * Starts a pack of pictures prepared with this record. Everything goes to a temporary name in the same folder, so
 * that the path has the old pack or the whole new one. A write that fails (a full disk: StudioError 'storage') removes
 * the temporary file.
 */
export async function createPackWriter(
  path: string,
  header: { readonly preprocessing: Preprocessing },
): Promise<PackWriter> {
  const { preprocessing } = header;
  const { widthPx, heightPx, channels, bitDepth } = preprocessing;
  const length = widthPx * heightPx * channels;
  const strideBytes = strideBytesOf(preprocessing);
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  const hash = createHash('sha256');
  const decoders = new Set<string>();
  const block = new Uint8Array(Math.max(1, Math.floor(BLOCK_BYTES / strideBytes)) * strideBytes);
  let filledBytes = 0;
  let writtenBytes = 0;
  let count = 0;
  let isOpen = true;

  const openTemporary = async () => {
    try {
      await mkdir(folder, { recursive: true });
      return await open(temporary, 'wx');
    } catch (error) {
      throw explainWriteError(error, path);
    }
  };
  const handle = await openTemporary();

  const discard = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
    await rm(temporary, { force: true });
  };
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (!isOpen) throw new Error(`The pack ${path} is already closed.`);
    try {
      return await work();
    } catch (error) {
      await discard();
      throw explainWriteError(error, path);
    }
  };
  const flushBlock = async (): Promise<void> => {
    const bytes = block.subarray(0, filledBytes);
    hash.update(bytes);
    await writeAll(bytes, PIXELS_OFFSET + writtenBytes);
    writtenBytes += filledBytes;
    filledBytes = 0;
  };
  const writeAll = async (bytes: Uint8Array, position: number): Promise<void> => {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  };

  return {
    append: (pixels, decoder) =>
      guarded(async () => {
        if (pixels.length !== length || bitDepthOf(pixels) !== bitDepth) {
          throw new Error(
            `A picture of this pack has ${length} values of ${bitDepth} bit, not ${pixels.length} of ${bitDepthOf(pixels)}.`,
          );
        }
        if (decoder !== undefined) decoders.add(decoder);
        block.set(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), filledBytes);
        filledBytes += strideBytes;
        count++;
        if (filledBytes === block.length) await flushBlock();
      }),
    finish: () =>
      guarded(async () => {
        if (count === 0) {
          throw new StudioError('bad-usage', `There is no picture to put into ${path}.`, {
            remedy: 'Choose a dataset, split or filter that holds at least one usable picture.',
            details: { path },
          });
        }
        await flushBlock();
        const sha256 = hash.digest('hex');
        const decoder = [...decoders].sort().join(', ');
        const facts = { count, widthPx, heightPx, channels, bitDepth, decoder, sha256 };
        await writeAll(
          encodePackHeader({ preprocessing, preprocessingHash: preprocessingHash(preprocessing), ...facts }),
          0,
        );
        await handle.sync();
        await handle.close();
        isOpen = false;
        try {
          await rename(temporary, path);
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
        await syncFolder(folder);
        return { count, sha256, decoder };
      }),
    abort: discard,
  };
}
