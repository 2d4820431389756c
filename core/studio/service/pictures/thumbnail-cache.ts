import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Pictures that were made for showing, on disk: they can be had again, so the oldest give way to new ones. */
export interface ThumbnailCache {
  /** The picture of a key, made where it is not there yet. */
  get(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array>;
}

const MOST_BYTES = 2 ** 30;
/** What is left when the oldest give way. */
const KEPT_BYTES = 0.75 * MOST_BYTES;
const WRITES_BETWEEN_CLEARINGS = 5_000;

/** @param folder made as needed. Keys are file names, their first two characters the folder. */
export function createThumbnailCache(folder: string): ThumbnailCache {
  const underWay = new Map<string, Promise<Uint8Array>>();
  let writes = 0;
  const load = async (key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    const path = join(folder, key.slice(0, 2), `${key}.webp`);
    const found = await readWhole(path);
    if (found) return found;
    const made = await make();
    // A cache that cannot be written is none; the picture is there all the same.
    await write(path, made).catch(() => undefined);
    if (writes++ % WRITES_BETWEEN_CLEARINGS === 0) void clearOldest(folder).catch(() => undefined);
    return made;
  };
  return {
    get(key, make) {
      const running = underWay.get(key) ?? load(key, make).finally(() => underWay.delete(key));
      underWay.set(key, running);
      return running;
    },
  };
}

/** Undefined where there is none, or only half of one: a WebP says how long it is (RIFF, bytes 4 to 8). */
async function readWhole(path: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path);
    return bytes.length >= 12 && bytes.readUInt32LE(4) + 8 === bytes.length ? bytes : undefined;
  } catch {
    return undefined;
  }
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}

async function clearOldest(folder: string): Promise<void> {
  const files: { path: string; bytes: number; usedMs: number }[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(path);
    files.push({ path, bytes: size, usedMs: mtimeMs });
  }
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= MOST_BYTES) return;
  for (const file of files.sort((left, right) => left.usedMs - right.usedMs)) {
    if (bytes <= KEPT_BYTES) return;
    await rm(file.path, { force: true });
    bytes -= file.bytes;
  }
}
