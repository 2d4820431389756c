import { open } from 'node:fs/promises';
import { decodeImage } from './decode.ts';
import { isJpeg, jpegSize } from './jpeg.ts';

const HEAD_BYTES = 64 * 1024;

/**
 * Width and height of a picture, upright. From the first bytes of a PNG or of a JPEG without EXIF, which is a hundred
 * times faster than decoding it; anything else is decoded.
 * @throws what `decodeImage` throws; a JPEG or PNG that is damaged further back is not noticed
 */
export async function imageSize(
  path: string,
  nameForErrors: string,
): Promise<{ readonly widthPx: number; readonly heightPx: number }> {
  const head = await readHead(path);
  const size = head && (isJpeg(head) ? jpegSize(head) : pngSize(head));
  if (size) return size;
  const { widthPx, heightPx } = await decodeImage(path, nameForErrors);
  return { widthPx, heightPx };
}

/** Undefined where the file cannot be read: decoding it then says why. */
async function readHead(path: string): Promise<Buffer | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
      return head.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

function pngSize(head: Buffer): { widthPx: number; heightPx: number } | undefined {
  if (head.length < 24 || head.toString('latin1', 1, 4) !== 'PNG') return undefined;
  return { widthPx: head.readUInt32BE(16), heightPx: head.readUInt32BE(20) };
}
