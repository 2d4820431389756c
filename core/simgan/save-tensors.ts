import { createHash } from 'node:crypto';
import { writeSafeTensors, type SafeTensors } from '../base/safetensors.ts';
import { StudioError } from '../base/studio-error.ts';
import { sha256OfFile } from '../datasets/pixels/hash.ts';

/**
 * Writes tensors atomically and reads the file back before anything relies on it.
 * @throws StudioError 'storage' where the disk is full, refuses, or gives back something else
 */
export async function saveTensors(
  path: string,
  content: SafeTensors,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const file = await writeSafeTensors(path, content);
  const sha256 = createHash('sha256').update(file).digest('hex');
  const found = await sha256OfFile(path);
  if (found !== sha256) {
    throw new StudioError('storage', `${path} was written, and reads back as something else.`, {
      remedy: 'The disk or the network folder is not reliable: check it, or move the library to another one.',
      details: { path, written: sha256, found },
    });
  }
  return { sha256, bytes: file.byteLength };
}
