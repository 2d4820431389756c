import type { z } from 'zod';
import type { ProgressListener } from '../../base/progress.ts';
import type { healthSchema } from '../../contract/operations/datasets.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { openEngine } from '../../engine/engine.ts';
import { twoSampleTest } from '../../evaluation/two-sample.ts';
import type { DatasetRole } from '../../library/datasets.ts';
import type { Library } from '../../library/library.ts';
import { commonShape, readComparable, spreadImages, type ComparableImages } from './comparable-images.ts';
import { countLeaks } from './count-leaks.ts';
import { findingsOf } from './health-findings.ts';
import { healthScale } from './health-scale.ts';
import { countSide, measurePixels, type HealthSide } from './health-side.ts';

type Health = z.infer<typeof healthSchema>;

/** Images of each domain whose pixels are looked at. */
const SAMPLE_IMAGES = 400;
/** With fewer of each, a classifier says nothing. */
const FEWEST_TO_TELL = 30;

interface Hooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/**
 * How the two domains compare before any training, and what to do about it. Counts are of all images in use, what needs
 * pixels is of a sample of 400 of each. Computed by the embedded engine in one thread, beside whatever trains.
 */
export async function measureHealth(library: Library, hooks: Hooks): Promise<Health> {
  const { signal } = hooks;
  const shape = await commonShape(library);
  const scale = healthScale(library, shape);
  const samples = shape && (await readSamples(library, shape, hooks));
  const side = async (role: DatasetRole): Promise<HealthSide | null> => {
    const counted = await countSide(library, role, scale, signal);
    if (!counted) return null;
    const sample = samples?.[role];
    return { ...counted, ...(sample ? measurePixels(sample.batch, scale) : { pixels: [], sharpness: null }) };
  };
  const health = {
    scale,
    synthetic: await side('synthetic'),
    real: await side('real'),
    leaks: await countLeaks(library, signal),
    separability: samples ? await tellApart(samples, hooks) : null,
  };
  const findings = findingsOf({
    ...health,
    missing: library.imageSearch.count({ missing: true, excluded: false }),
    unlabelled: countUnlabelled(library),
    isMixed: new Set(library.datasets.list().map(({ depth }) => depth === null)).size > 1,
  });
  return { madeAt: new Date().toISOString(), ...health, findings };
}

type Samples = Readonly<Record<DatasetRole, ComparableImages>>;

async function readSamples(
  library: Library,
  shape: Preprocessing,
  { signal, onProgress }: Hooks,
): Promise<Samples> {
  const synthetic = spreadImages(library, 'synthetic', SAMPLE_IMAGES);
  const real = spreadImages(library, 'real', SAMPLE_IMAGES);
  const total = synthetic.length + real.length;
  const read = (images: typeof real, before: number): Promise<ComparableImages> =>
    readComparable(library, images, shape, {
      signal,
      onImage: (done) =>
        onProgress({ done: before + done, total, unit: 'images', label: 'Looking at images' }),
    });
  return { synthetic: await read(synthetic, 0), real: await read(real, synthetic.length) };
}

async function tellApart({ synthetic, real }: Samples, hooks: Hooks): Promise<Health['separability']> {
  if (Math.min(synthetic.batch.count, real.batch.count) < FEWEST_TO_TELL) return null;
  const engine = await openEngine('wasm', { threads: 1 });
  try {
    const { accuracy, low, high, judged } = await twoSampleTest(
      synthetic.batch,
      real.batch,
      { imagesPerSet: SAMPLE_IMAGES },
      {
        signal: hooks.signal,
        onProgress: (progress) => hooks.onProgress({ ...progress, label: 'Telling the domains apart' }),
      },
    );
    return { accuracy, low, high, images: judged };
  } finally {
    engine.dispose();
  }
}

function countUnlabelled(library: Library): number {
  const inUse = { role: 'synthetic', excluded: false, missing: false } as const;
  const labelled = new Set<number>();
  for (const annotationKind of ['gaze', 'keypoints', 'category'] as const) {
    for (const id of library.imageSearch.orderedIds({ ...inUse, annotationKind }, 'id')) labelled.add(id);
  }
  return library.imageSearch.count(inUse) - labelled.size;
}
