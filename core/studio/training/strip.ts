import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { configOf } from '../runs/run-config.ts';

/** Tag of images that a user wants to see in the strip of every new run. */
export const STRIP_TAG = 'strip';

const stripSchema = z.strictObject({ imageIds: z.array(z.int()) });

const stripFile = (library: Library, run: Run): string => join(library.runFolder(run.id), 'strip.json');

/**
 * Places in a run's pack of the fixed strip of previews: chosen once, when the run begins, and kept in its folder, so
 * that every preview shows the same samples whatever is pinned later. A branch shows those of its parent.
 */
export async function openStrip(library: Library, run: Run, imageIds: Int32Array): Promise<Int32Array> {
  const placeOf = new Map(Array.from(imageIds, (id, place) => [id, place]));
  const kept = readStrip(library, run) ?? inherited(library, run);
  const places = kept?.flatMap((id) => placeOf.get(id) ?? []);
  if (places && places.length > 0) {
    await writeStrip(library, run, imageIds, places);
    return Int32Array.from(places);
  }
  const chosen = chooseStrip(library, imageIds, configOf(run).previewSamples);
  await writeStrip(library, run, imageIds, [...chosen]);
  return chosen;
}

/** The synthetic images of a run's strip, in its order; empty while it has not begun. */
export function stripOf(library: Library, run: Run): number[] {
  const kept = readStrip(library, run);
  if (kept) return kept;
  if (run.syntheticPackId === null || library.previews.list(run.id).length === 0) return [];
  const imageIds = library.packs.imageIds(run.syntheticPackId);
  const places = chooseStrip(library, imageIds, configOf(run).previewSamples);
  return [...places].map((place) => imageIds[place]);
}

function inherited(library: Library, run: Run): number[] | undefined {
  const parent = run.parent && library.runs.get(run.parent.runId);
  return parent ? stripOf(library, parent) : undefined;
}

function readStrip(library: Library, run: Run): number[] | undefined {
  const path = stripFile(library, run);
  if (!existsSync(path)) return undefined;
  try {
    return stripSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).imageIds;
  } catch {
    // Damaged: another choice costs the previews their comparison with the earlier ones, and nothing else.
    return undefined;
  }
}

async function writeStrip(
  library: Library,
  run: Run,
  imageIds: Int32Array,
  places: readonly number[],
): Promise<void> {
  const content = { imageIds: places.map((place) => imageIds[place]) };
  await writeFileAtomic(stripFile(library, run), JSON.stringify(content));
}

/**
 * Places in a pack for a strip: pinned images first, then others spread over the label range (by yaw, then pitch) where
 * there is a gaze, else evenly over the pack. Fewer than asked for when the pack is smaller.
 */
export function chooseStrip(library: Library, imageIds: Int32Array, samples: number): Int32Array {
  const pinnedIds = new Set(library.imageSearch.ids({ tags: [STRIP_TAG] }));
  const places = Int32Array.from(imageIds, (_, place) => place);
  const pinned = places.filter((place) => pinnedIds.has(imageIds[place])).slice(0, samples);
  const others = pinned.length === 0 ? places : places.filter((place) => !pinnedIds.has(imageIds[place]));
  return Int32Array.from([...pinned, ...spread(library, imageIds, others, samples - pinned.length)]);
}

/** So many of the places, over the label range. */
function spread(library: Library, imageIds: Int32Array, from: Int32Array, samples: number): Int32Array {
  const places = evenly(from, Math.min(from.length, MOST_CANDIDATES));
  const gaze = new Map<number, readonly [yawRad: number, pitchRad: number]>();
  for (const image of library.images.getMany([...places].map((place) => imageIds[place]))) {
    const annotation = image.annotations
      .map((stored) => stored.annotation)
      .find((one) => one.kind === 'gaze');
    if (annotation?.kind === 'gaze') gaze.set(image.id, [annotation.yawRad, annotation.pitchRad]);
  }
  const directionOf = (place: number) => gaze.get(imageIds[place]) ?? ([0, 0] as const);
  places.sort((left, right) => {
    const [a, b] = [directionOf(left), directionOf(right)];
    return a[0] - b[0] || a[1] - b[1] || left - right;
  });
  return evenly(places, Math.min(samples, places.length));
}

/** Enough to cover the label range, however large the pack. */
const MOST_CANDIDATES = 2000;

function evenly(values: Int32Array, count: number): Int32Array {
  return Int32Array.from(
    { length: count },
    (_, index) => values[Math.floor(((index + 0.5) * values.length) / count)],
  );
}
