import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openPack, type Pack } from '../../datasets/pixels/pack.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';

/** Images of one refined pack; what a killed refinement has to do again is at most this. */
export const SHARD_IMAGES = 2048;
/**
 * Refined pixels of a checkpoint by place in the synthetic pack, as they came out of the refiner, shard by shard.
 * @param options.isPartial leaves out shards that are not there yet
 * @throws StudioError 'not-found' for a shard that is not there
 */
export async function* refinedShards(
  library: Library,
  run: Run,
  step: number,
  count: number,
  { isPartial = false }: { readonly isPartial?: boolean } = {},
): AsyncGenerator<{ readonly pack: Pack; readonly start: number }> {
  for (let start = 0; start < count; start += SHARD_IMAGES) {
    const path = shardPath(library, run, step, start);
    if (isPartial && !existsSync(path)) continue;
    const pack = await openPack(path);
    try {
      yield { pack, start };
    } finally {
      await pack.close();
    }
  }
}

/** The pack that holds the refined version of the image at a place of the synthetic pack, and its place there. */
export function refinedPlace(
  library: Library,
  run: Run,
  step: number,
  place: number,
): { readonly path: string; readonly placeInPack: number } {
  const start = place - (place % SHARD_IMAGES);
  return { path: shardPath(library, run, step, start), placeInPack: place - start };
}

const stepFolder = (step: number): string => String(step).padStart(9, '0');
const shardName = (start: number): string => `${String(start).padStart(9, '0')}.pack`;

/** Where the packs are that a checkpoint of a run has refined. */
export function refinedFolder(library: Library, run: Run, step: number): string {
  return join(library.runFolder(run.id), 'refined', stepFolder(step));
}

/** Where the pack is that begins with the image at a place of the synthetic pack. */
export function shardPath(library: Library, run: Run, step: number, start: number): string {
  return join(refinedFolder(library, run, step), shardName(start));
}

/** The same as the library has it on record: relative to its folder. */
export function storedShardPath(run: Run, step: number, start: number): string {
  return `runs/${run.id}/refined/${stepFolder(step)}/${shardName(start)}`;
}
