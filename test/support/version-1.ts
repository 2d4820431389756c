import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** What the last revision without `configVersion` wrote (see the README there). */
export const VERSION_1_FOLDER = join(import.meta.dirname, '..', 'fixtures', 'version-1');

/** Writes its library into this folder, which is made. */
export function unpackVersion1(folder: string): void {
  const packed = gunzipSync(readFileSync(join(VERSION_1_FOLDER, 'library.json.gz'))).toString('utf8');
  for (const [path, content] of Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(packed)))) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Buffer.from(content, 'base64'));
  }
}
