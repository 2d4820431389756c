import { StudioError } from '../../../base/studio-error.ts';
import { openPack } from '../../../datasets/pixels/pack.ts';
import type { Library } from '../../../library/library.ts';
import type { Run } from '../../../library/runs.ts';
import { indexRealImages, type NearestReal } from '../../previews/nearest-real.ts';

/** What the real images of a run look like, for comparing with them. */
interface RealLooks {
  readonly index: NearestReal;
  readonly usualLikeness: number | undefined;
  /** By place in the pack. */
  readonly imageIds: Int32Array;
}

/** The looks of the real images of a run. */
export type NearestReals = (library: Library, run: Run) => Promise<RealLooks>;

/** Packs whose looks are kept: 2,000 thumbnails of 16 px are a megabyte or two. */
const KEPT = 2;

/** Remembers the newest indices: making one reads its images. */
export function createNearestReals(): NearestReals {
  const kept = new Map<string, Promise<RealLooks>>();
  return (library, run) => {
    const pack = run.realPackId === null ? undefined : library.packs.get(run.realPackId);
    if (!pack) throw noPack(run);
    const key = `${library.folder}:${pack.id}:${pack.sha256}`;
    const known = kept.get(key);
    if (known) return known;
    const made = readLooks(library, pack.id);
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > KEPT) kept.delete(oldest);
    return made;
  };
}

async function readLooks(library: Library, packId: number): Promise<RealLooks> {
  const pack = await openPack(library.packPath(packId), { memoryBudgetBytes: 0 });
  try {
    const index = await indexRealImages(pack);
    return { index, usualLikeness: index.usualLikeness(), imageIds: library.packs.imageIds(packId) };
  } finally {
    await pack.close();
  }
}

function noPack(run: Run): StudioError {
  return new StudioError('not-found', `${run.name} has no real images on disk.`, {
    remedy: 'They are prepared when a training starts; inspect a run that has trained.',
    details: { runId: run.id },
  });
}
