import { selectImages, type ImageBatch } from '../../base/image-batch.ts';
import { histogramDistanceGrey } from '../../base/histogram.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { BASELINES, type Baseline } from '../../contract/baselines.ts';
import { applyBaselines } from '../../evaluation/baselines.ts';
import { meanContrastGrey, measureChange } from '../../evaluation/change.ts';
import { measureDisplacement } from '../../evaluation/displacement.ts';
import { createKernelDistance, fitFeatureScale } from '../../evaluation/kernel-distance.ts';
import { createRandomFeatures } from '../../evaluation/random-features.ts';
import { twoSampleTest, type RealismReport, type TwoSampleResult } from '../../evaluation/two-sample.ts';
import { evenPlaces } from '../data/pack-samples.ts';

/** The sets that are held against the real one, in the order in which they are shown. */
export type LookOf = 'synthetic' | Baseline | 'refined' | 'real';

/** How a set looks beside the real one. What does not apply to it, or could not be measured, is null. */
export interface SetLook {
  readonly of: LookOf;
  readonly toldFromReal: Pick<TwoSampleResult, 'accuracy' | 'low' | 'high' | 'judged'> | null;
  /** See `createKernelDistance`; of the real set: between its halves. */
  readonly kernelDistance: number | null;
  readonly histogramDistanceGrey: number | null;
  readonly contrastGrey: number;
  /** From the synthetic images. */
  readonly changeGrey: number | null;
  readonly drift: { readonly medianPx: number; readonly p95Px: number; readonly images: number } | null;
}

/** Displacement takes milliseconds an image. */
const MOST_FOR_DRIFT = 256;
const MOST_FOR_KERNEL = 1000;

/**
 * The synthetic set, what the baselines make of it, and the refined set, each beside the real one.
 *
 * @param realism what was measured of synthetic and refined already
 */
export async function compareLooks(
  sets: { readonly synthetic: ImageBatch; readonly refined: ImageBatch; readonly real: ImageBatch },
  realism: RealismReport,
  hooks: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<SetLook[]> {
  const { synthetic, refined, real } = sets;
  const baselines = applyBaselines(synthetic, real);
  const told: Record<LookOf, TwoSampleResult | undefined> = {
    synthetic: realism.syntheticReal,
    'histogram match': undefined,
    'blur + noise': undefined,
    both: undefined,
    refined: realism.refinedReal,
    real: realism.realReal,
  };
  const imagesPerSet = Math.min(synthetic.count, real.count);
  for (const name of BASELINES) {
    const onProgress: ProgressListener = (progress) =>
      hooks.onProgress({ ...progress, label: `Telling ${name} from real` });
    // As many images as the tests of the others had.
    const config = { imagesPerSet: Math.min(imagesPerSet, realism.refinedReal.judged / 2) };
    told[name] = await twoSampleTest(baselines[name], real, config, { ...hooks, onProgress });
  }
  const batches: readonly (readonly [LookOf, ImageBatch])[] = [
    ['synthetic', synthetic],
    ...BASELINES.map((name) => [name, baselines[name]] as const),
    ['refined', refined],
  ];
  const kernel = await kernelDistances(
    batches.map(([, batch]) => batch),
    real,
    hooks.signal,
  );
  const looks: SetLook[] = [];
  for (const [index, [of, batch]] of batches.entries()) {
    looks.push({
      of,
      toldFromReal: resultOf(told[of]),
      kernelDistance: kernel.toReal[index],
      histogramDistanceGrey: histogramDistanceGrey(batch, real),
      contrastGrey: meanContrastGrey(batch),
      changeGrey: of === 'synthetic' ? null : measureChange(synthetic, batch, real).meanChangeGrey,
      drift: of === 'synthetic' ? null : await driftOf(synthetic, batch, hooks),
    });
  }
  looks.push({
    of: 'real',
    toldFromReal: resultOf(told.real),
    kernelDistance: kernel.ofHalves,
    histogramDistanceGrey: null,
    contrastGrey: meanContrastGrey(real),
    changeGrey: null,
    drift: null,
  });
  return looks;
}

function resultOf(result: TwoSampleResult | undefined): SetLook['toldFromReal'] {
  if (!result) return null;
  const { accuracy, low, high, judged } = result;
  return { accuracy, low, high, judged };
}

/** All on one scale of features, which the synthetic and the real set give. */
async function kernelDistances(
  batches: readonly ImageBatch[],
  real: ImageBatch,
  signal: AbortSignal,
): Promise<{ readonly toReal: number[]; readonly ofHalves: number | null }> {
  const network = createRandomFeatures(real.channels);
  try {
    const extract = (batch: ImageBatch) => network.extract(some(batch, MOST_FOR_KERNEL), signal);
    const ofReal = await extract(real);
    const scale = fitFeatureScale([await extract(batches[0]), ofReal]);
    const distanceToReal = await createKernelDistance(scale(ofReal), signal);
    const toReal: number[] = [];
    for (const batch of batches) toReal.push(await distanceToReal(scale(await extract(batch)), signal));
    if (real.count < 4) return { toReal, ofHalves: null };
    const [even, odd] = [0, 1].map((rest) =>
      selectImages(
        real,
        Array.from({ length: Math.floor(real.count / 2) }, (_, index) => 2 * index + rest),
      ),
    );
    const distanceToEven = await createKernelDistance(scale(await extract(even)), signal);
    return { toReal, ofHalves: await distanceToEven(scale(await extract(odd)), signal) };
  } finally {
    network.dispose();
  }
}

async function driftOf(
  synthetic: ImageBatch,
  changed: ImageBatch,
  hooks: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<SetLook['drift']> {
  const { medianPx, p95Px, measured } = await measureDisplacement(
    some(synthetic, MOST_FOR_DRIFT),
    some(changed, MOST_FOR_DRIFT),
    hooks,
  );
  return medianPx === undefined || p95Px === undefined ? null : { medianPx, p95Px, images: measured };
}

function some(batch: ImageBatch, most: number): ImageBatch {
  return batch.count <= most ? batch : selectImages(batch, evenPlaces(batch.count, most));
}
