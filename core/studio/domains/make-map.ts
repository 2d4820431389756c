import type { z } from 'zod';
import type { ImageBatch } from '../../base/image-batch.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { createRandom } from '../../base/random.ts';
import { StudioError } from '../../base/studio-error.ts';
import type { mapPointsSchema } from '../../contract/operations/datasets.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { openEngine } from '../../engine/engine.ts';
import type { Features } from '../../evaluation/kernel-distance.ts';
import { createRandomFeatures } from '../../evaluation/random-features.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { readRefined } from '../evaluation/evaluation-run.ts';
import { evenPlaces } from '../data/pack-samples.ts';
import { openRunPacks, preprocessingOf } from '../runs/runs.ts';
import { commonShape, readComparable, spreadImages } from './comparable-images.ts';
import { placeByPca, placeByUmap, principalComponents } from './embed.ts';
import { kMeans } from './k-means.ts';

type MapPoints = z.infer<typeof mapPointsSchema>;
type MapSet = MapPoints['set'][number];

export interface MapRequest {
  readonly method: MapPoints['method'];
  /** Of all sets together, at most. */
  readonly images: number;
  readonly seed: number;
}

interface Hooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** Images of one set, in the shape that all sets have. */
interface MappedSet {
  readonly set: MapSet;
  readonly batch: ImageBatch;
  readonly imageIds: readonly number[];
}

const CLUSTERS = 8;
/** Fewer have no neighbours to be placed by. */
const FEWEST_IMAGES = 3;

/**
 * Synthetic, real and, where a run has refined any, its newest refined images on a plane: what a network that nobody
 * trained sees in them (core/evaluation/random-features), by principal components or UMAP, and in eight clusters. Equal
 * seeds give equal maps. Computed by the embedded engine in one thread, beside whatever trains.
 */
export async function makeMap(library: Library, request: MapRequest, hooks: Hooks): Promise<MapPoints> {
  const sets = await readSets(library, request.images, hooks);
  const count = sets.reduce((sum, { imageIds }) => sum + imageIds.length, 0);
  if (count < FEWEST_IMAGES) {
    throw new StudioError('bad-usage', `A map needs at least ${FEWEST_IMAGES} images that can be read.`, {
      remedy: 'Import or simulate images first.',
    });
  }
  const components = principalComponents(await featuresOf(sets, hooks));
  const random = createRandom(request.seed, 'map');
  const places =
    request.method === 'pca' ? placeByPca(components) : await placeByUmap(components, random, hooks);
  return {
    madeAt: new Date().toISOString(),
    method: request.method,
    seed: request.seed,
    x: places.map(([x]) => rounded(x)),
    y: places.map(([, y]) => rounded(y)),
    imageId: sets.flatMap(({ imageIds }) => imageIds),
    set: sets.flatMap(({ set, imageIds }) => imageIds.map(() => set)),
    cluster: kMeans(components.rows, CLUSTERS, createRandom(request.seed, 'map clusters')),
  };
}

async function readSets(library: Library, most: number, hooks: Hooks): Promise<MappedSet[]> {
  const refinedRun = newestRefined(library);
  const shape = refinedRun ? preprocessingOf(library, refinedRun.run) : await commonShape(library);
  if (!shape) return [];
  const perSet = Math.max(1, Math.floor(most / (refinedRun ? 3 : 2)));
  const sets: MappedSet[] = [];
  for (const role of ['synthetic', 'real'] as const) {
    const images = spreadImages(library, role, perSet);
    const onImage = (done: number): void =>
      hooks.onProgress({ done, total: images.length, unit: 'images', label: `Reading ${role} images` });
    sets.push({ set: role, ...(await readComparable(library, images, shape, { ...hooks, onImage })) });
  }
  if (refinedRun) sets.push(await readRefinedSet(library, refinedRun, shape, perSet));
  return sets.filter(({ imageIds }) => imageIds.length > 0);
}

interface RefinedRun {
  readonly run: Run;
  readonly step: number;
}

/** The newest run with refined images, and its newest step of those. */
function newestRefined(library: Library): RefinedRun | undefined {
  for (const run of library.runs.list().toReversed()) {
    const step = run.trashedAt === null ? library.refinedImages.steps(run.id).at(-1) : undefined;
    if (step !== undefined) return { run, step };
  }
  return undefined;
}

async function readRefinedSet(
  library: Library,
  { run, step }: RefinedRun,
  shape: Preprocessing,
  most: number,
): Promise<MappedSet> {
  const packs = await openRunPacks(library, run);
  try {
    // A refinement that is under way has done the first so many.
    const done = library.refinedImages.count(run.id, step);
    const places = evenPlaces(Math.min(done, packs.syntheticPack.count), most);
    const { widthPx, heightPx, channels } = shape;
    const images = new Float32Array(places.length * widthPx * heightPx * channels);
    const like = { images, count: places.length, widthPx, heightPx, channels };
    const batch = await readRefined(library, run, step, places, like);
    return { set: 'refined', batch, imageIds: [...places].map((place) => packs.imageIds[place]) };
  } finally {
    await packs.close();
  }
}

async function featuresOf(sets: readonly MappedSet[], { signal, onProgress }: Hooks): Promise<Features> {
  const engine = await openEngine('wasm', { threads: 1 });
  const network = createRandomFeatures(sets[0].batch.channels);
  try {
    const parts: Features[] = [];
    for (const [index, { set, batch }] of sets.entries()) {
      onProgress({ done: index, total: sets.length, unit: 'sets', label: `Looking at ${set} images` });
      parts.push(await network.extract(batch, signal));
    }
    const [{ width }] = parts;
    const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
    parts.reduce((start, part) => (values.set(part.values, start), start + part.values.length), 0);
    return { values, count: values.length / width, width };
  } finally {
    network.dispose();
    engine.dispose();
  }
}

/** Four digits are more than a screen shows; a map of 20,000 images is sent as JSON. */
const rounded = (value: number): number => Number(value.toFixed(4));
