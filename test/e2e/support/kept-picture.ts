import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import type { Locator } from 'playwright-core';

const FOLDER = join(import.meta.dirname, '..', 'kept');
/** Of 255: edges that are smoothed a little differently. */
const LARGEST_DIFFERENCE = 40;

/**
 * What an element looks like now against the picture of it that is kept: "alike", or what is not. For pictures and what is
 * drawn on them, which are the same wherever they are drawn; fonts are not. SIMGAN_KEEP_PICTURES keeps what is seen now.
 */
export async function compareWithKept(element: Locator, name: string): Promise<string> {
  const path = join(FOLDER, `${name}.png`);
  const seen = await element.screenshot();
  if (process.env.SIMGAN_KEEP_PICTURES) {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(path, seen);
  }
  if (!existsSync(path)) return `There is no ${path}: look at it, and keep it with SIMGAN_KEEP_PICTURES=1.`;
  const [now, kept] = [decode(seen), decode(await readFile(path))];
  if (now.width !== kept.width || now.height !== kept.height || now.channels !== kept.channels) {
    return `${now.width}×${now.height}×${now.channels}, and was ${kept.width}×${kept.height}×${kept.channels}`;
  }
  let different = 0;
  for (let at = 0; at < now.data.length; at++) {
    if (Math.abs(now.data[at] - kept.data[at]) > LARGEST_DIFFERENCE) different += 1;
  }
  const share = different / now.data.length;
  return share <= 0.002 ? 'alike' : `${(100 * share).toFixed(2)} % of it differ`;
}
