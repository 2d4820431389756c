import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSafeTensors, writeSafeTensors } from '../../base/safetensors.ts';
import type { Keypoints } from '../../contract/annotation.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import { loadTripwire, trainTripwire, type Tripwire } from '../../estimators/label-tripwire.ts';
import type { KeypointLabels } from '../../estimators/tripwire-labels.ts';
import { createInspector } from '../../evaluation/inspection.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import type { Inspector } from '../../simgan/training-job.ts';
import { readHeldOut } from '../evaluation/held-out.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';
import type { PackOptions } from '../data/packs.ts';
import { preparedLabels } from '../refine/prepared-labels.ts';
import { preprocessingOf, type RunPacks } from '../runs/runs.ts';

/** Images on each side of an inspection. */
const INSPECTED_IMAGES = 256;

/** With fewer kept aside, all images are inspected. */
const FEWEST_KEPT_ASIDE = 32;

/** Images that the tripwire learns from, at most. */
const MOST_LESSONS = 2000;

const NO_KEYPOINTS =
  'The synthetic images have no keypoints that a label net could follow: label drift is judged by how far structure moves.';

const TRIPWIRE_FILE = 'tripwire.safetensors';

export interface RunInspector extends Inspector {
  /** What a reader must know to not be misled, in whole sentences. */
  readonly caveats: readonly string[];
  dispose(): void;
}

/**
 * What judges a run while it trains, on images kept aside (the test part of both sets). Where the synthetic images have
 * keypoints, a tripwire learns to find them before training starts, and its file in the run's folder makes a resumed
 * run be judged by the very same net. Elsewhere the displacement of structure stands in: a net that reads gaze off
 * 55×35 pixels errs by several degrees, and takes a change of look for a change of label. `labels.driftP95` is in
 * pixels either way.
 */
export async function openRunInspector(
  library: Library,
  run: Run,
  data: RunPacks,
  config: TrainingConfig,
  options: PackOptions,
): Promise<RunInspector> {
  const { kept, lessons } = splitPlaces(library, data);
  const synthetic = await readBatch(data.syntheticPack, kept);
  const range = { fewest: FEWEST_KEPT_ASIDE, most: INSPECTED_IMAGES };
  const heldOut = await readHeldOut(library, run, range, options);
  const real =
    heldOut?.batch ?? (await readBatch(data.realPack, evenPlaces(data.realPack.count, INSPECTED_IMAGES)));
  const labels = keypointsAt(library, run, data, kept);
  const tripwire = labels && (await openTripwire(library, run, data, lessons, config, options));
  const inspector = await createInspector(
    { synthetic, labels, real },
    tripwire,
    { seed: config.seed, driftBudget: config.driftBudget },
    options,
  );
  return {
    synthetic: synthetic.images,
    caveats: tripwire ? inspector.caveats : [NO_KEYPOINTS],
    async inspect(refined) {
      const { metrics, score } = await inspector.inspect({ ...synthetic, images: refined }, options);
      const drift = metrics['labels.driftP95'] ?? metrics['labels.displacementP95'];
      return { metrics: drift === undefined ? metrics : { ...metrics, 'labels.driftP95': drift }, score };
    },
    dispose() {
      inspector.dispose();
      tripwire?.dispose();
    },
  };
}

/** Places of the synthetic images kept aside, and of those that the tripwire learns from. */
function splitPlaces(library: Library, { imageIds }: RunPacks): { kept: Int32Array; lessons: Int32Array } {
  const places = Int32Array.from(imageIds.keys());
  const isTest = new Set(library.imageSearch.ids({ split: 'test', role: 'synthetic' }));
  const test = places.filter((place) => isTest.has(imageIds[place]));
  const train = places.filter((place) => !isTest.has(imageIds[place]));
  const enough = test.length >= FEWEST_KEPT_ASIDE && train.length > 0;
  const spread = (from: Int32Array, most: number): Int32Array =>
    evenPlaces(from.length, most).map((index) => from[index]);
  return {
    kept: spread(enough ? test : places, INSPECTED_IMAGES),
    lessons: spread(enough ? train : places, MOST_LESSONS),
  };
}

/** The label net that judges a run, if it has one. Whoever gets it disposes it. */
export async function openLabelNet(library: Library, run: Run): Promise<Tripwire | undefined> {
  const path = join(library.runFolder(run.id), TRIPWIRE_FILE);
  return existsSync(path) ? loadTripwire(await readSafeTensors(path)) : undefined;
}

async function openTripwire(
  library: Library,
  run: Run,
  data: RunPacks,
  lessons: Int32Array,
  { seed }: TrainingConfig,
  { signal, onProgress }: PackOptions,
): Promise<Tripwire | undefined> {
  const before = await openLabelNet(library, run);
  if (before) return before;
  const labels = keypointsAt(library, run, data, lessons);
  if (!labels) return undefined;
  const images = await readBatch(data.syntheticPack, lessons);
  const tripwire = await trainTripwire(images, labels, { seed }, { signal, onProgress });
  await writeSafeTensors(join(library.runFolder(run.id), TRIPWIRE_FILE), await tripwire.save());
  return tripwire;
}

/** Keypoints of the images at some places, or undefined unless all have them in one layout. */
function keypointsAt(
  library: Library,
  run: Run,
  { imageIds }: RunPacks,
  places: Int32Array,
): KeypointLabels | undefined {
  const preprocessing = preprocessingOf(library, run);
  const images = library.images.getMany([...places].map((place) => imageIds[place]));
  const all = images.map((image) =>
    preparedLabels(image, preprocessing).find((label): label is Keypoints => label.kind === 'keypoints'),
  );
  const count = all[0]?.points.length;
  if (all.length < places.length || !all.every((one) => one !== undefined && one.points.length === count)) {
    return undefined;
  }
  const points = all.flatMap((one) => one?.points ?? []);
  return {
    kind: 'keypoints',
    points: Float32Array.from(points.flatMap(({ x, y }) => [x, y])),
    visibility: Uint8Array.from(points, ({ visibility }) => visibility),
  };
}
