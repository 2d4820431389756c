import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file's content as 64 hex digits, read in pieces. Throws what the file system throws. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal });
  return hash.digest('hex');
}

/** SHA-256 of bytes or pixels as 64 hex digits; 16-bit pixels count in the order of the machine, little-endian. */
export function sha256OfPixels(pixels: Uint8Array | Uint16Array): string {
  return createHash('sha256').update(pixels).digest('hex');
}
