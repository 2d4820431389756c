import type { ImageBatch } from '../../base/image-batch.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { StudioError } from '../../base/studio-error.ts';
import { breakDownChange, type ChangeBreakdown } from '../../evaluation/change-breakdown.ts';
import { measureChange, type ChangeReport } from '../../evaluation/change.ts';
import { selfTestDisplacement, type DisplacementSelfTest } from '../../evaluation/displacement-self-test.ts';
import { compareGazeTraining, type GazeComparison } from '../../evaluation/downstream.ts';
import { realismReport, type RealismReport } from '../../evaluation/two-sample.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Library } from '../../library/library.ts';
import type { RefinedStatistics } from '../../library/refined-images.ts';
import type { Run } from '../../library/runs.ts';
import { compareLooks, type SetLook } from './compare-looks.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';
import { readHeldOut } from './held-out.ts';
import { driftBudgetOf } from '../refine/drift-budget.ts';
import { createBlender, describeDial, dialSettingOf, isFullRefinement } from '../refine/realism-dial.ts';
import { refinedShards } from '../refine/refined-files.ts';
import { openRunPacks } from '../runs/runs.ts';

/** What is known of a checkpoint's refined images. */
export interface RunEvaluation {
  readonly run: string;
  readonly step: number;
  readonly realism: RealismReport;
  readonly change: Omit<ChangeReport, 'changeGrey'>;
  /** Of all refined images. */
  readonly refined: RefinedStatistics;
  /** Drift that is tolerated, as in the run's settings. Absent from evaluations of earlier versions. */
  readonly driftBudgetPx?: number;
  /** What the drift measure reads on these images when the truth is known. */
  readonly selfTest: DisplacementSelfTest;
  /** Undefined where the labels for it are missing; then `noGaze` says which. */
  readonly gaze: GazeComparison | undefined;
  readonly noGaze: string | undefined;
  /** Each set beside the real one. Absent from evaluations of earlier versions, as the breakdown is. */
  readonly looks?: readonly SetLook[];
  /** What the refiner's change is made of; absent where nothing changed. */
  readonly breakdown?: ChangeBreakdown;
  readonly caveats: readonly string[];
}

/** At most this many synthetic images are used for training and testing. */
const MOST_IMAGES = 2000;

/** Enough for a comparison: nine estimators are trained. */
const GAZE_EPOCHS = 6;

/** With fewer held-out real images than this, all real images are used, and it is said. */
const FEWEST_HELD_OUT = 200;

/**
 * Measures what refinement did: realism by a two-sample test, movement of structure, change of tone, and what a gaze
 * estimator gains. Real images that training has not seen are used where there are enough of them. The result is
 * recorded with the run.
 */
export async function evaluateRun(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  hooks: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<RunEvaluation> {
  const packs = await openRunPacks(library, run);
  try {
    const { syntheticPack, realPack, imageIds } = packs;
    requireRefined(library, run, checkpoint, syntheticPack.count);
    const places = evenPlaces(syntheticPack.count, MOST_IMAGES);
    const synthetic = await readBatch(syntheticPack, places);
    const refined = await readRefined(library, run, checkpoint.step, places, synthetic);
    const seen = await readBatch(realPack, evenPlaces(realPack.count, MOST_IMAGES));
    const heldOut = await readHeldOut(library, run, { fewest: FEWEST_HELD_OUT, most: MOST_IMAGES }, hooks);
    const caveats: string[] = [];
    const judge = heldOut;
    if (!judge) {
      caveats.push(
        'Too few real images were kept from training to test on them alone: all of them are used.',
      );
    }
    const real = judge?.batch ?? seen;
    const realIds = judge?.imageIds ?? selectIds(packs.realImageIds, evenPlaces(realPack.count, MOST_IMAGES));

    const dial = dialSettingOf(library, run.id, checkpoint.step);
    if (!isFullRefinement(dial))
      caveats.push(`Refined images are those of the realism dial: ${describeDial(dial)}.`);
    const change = measureChange(synthetic, refined, real);
    const selfTest = await selfTestDisplacement(synthetic, hooks);
    const realism = await realismReport({ synthetic, refined, real }, {}, hooks);
    const looks = await compareLooks({ synthetic, refined, real }, realism, hooks);
    const breakdown = breakDownChange(synthetic, refined);
    const gaze = await compareGaze(
      library,
      { synthetic, refined, real: seen, imageIds: selectIds(imageIds, places) },
      { images: real, imageIds: realIds },
      hooks,
    );
    const evaluation: RunEvaluation = {
      run: run.name,
      step: checkpoint.step,
      realism,
      change: omitPerImage(change),
      refined: library.refinedImages.statistics(run.id, checkpoint.step),
      driftBudgetPx: driftBudgetOf(run),
      selfTest,
      ...gaze,
      looks,
      ...(breakdown ? { breakdown } : {}),
      caveats: [...caveats, ...realism.refinedReal.caveats],
    };
    library.evaluations.add({ runId: run.id, step: checkpoint.step, kind: 'full', result: evaluation });
    return evaluation;
  } finally {
    await packs.close();
  }
}

function omitPerImage({
  meanChangeGrey,
  contrastBeforeGrey,
  contrastAfterGrey,
  histogramDistanceBeforeGrey,
  histogramDistanceAfterGrey,
}: ChangeReport): RunEvaluation['change'] {
  return {
    meanChangeGrey,
    contrastBeforeGrey,
    contrastAfterGrey,
    histogramDistanceBeforeGrey,
    histogramDistanceAfterGrey,
  };
}

function requireRefined(library: Library, run: Run, checkpoint: Checkpoint, count: number): void {
  if (library.refinedImages.count(run.id, checkpoint.step) >= count) return;
  throw new StudioError(
    'not-found',
    `Step ${checkpoint.step} of ${run.name} has not refined all ${count} images.`,
    {
      remedy: `Refine the dataset with it first: simgan refine --run '${run.name}' --step ${checkpoint.step}`,
    },
  );
}

interface LabelledSet {
  readonly images: ImageBatch;
  readonly imageIds: readonly number[];
}

async function compareGaze(
  library: Library,
  training: {
    readonly synthetic: ImageBatch;
    readonly refined: ImageBatch;
    readonly real: ImageBatch;
    readonly imageIds: readonly number[];
  },
  test: LabelledSet,
  hooks: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<Pick<RunEvaluation, 'gaze' | 'noGaze'>> {
  const labels = gazeVectors(library, training.imageIds);
  if (!labels) return { gaze: undefined, noGaze: 'The synthetic images have no gaze labels.' };
  const truth = gazeVectors(library, test.imageIds);
  if (!truth) return { gaze: undefined, noGaze: 'The real images have no gaze labels to test on.' };
  const gaze = await compareGazeTraining(
    { ...training, gazeVectors: labels },
    { images: test.images, gazeVectors: truth },
    { ...hooks, training: { epochs: GAZE_EPOCHS } },
  );
  return { gaze, noGaze: undefined };
}

/** [count, 3], or undefined where an image has no gaze. */
function gazeVectors(library: Library, imageIds: readonly number[]): Float32Array | undefined {
  const annotations = library.annotations.ofMany(imageIds);
  const vectors = new Float32Array(imageIds.length * 3);
  for (const [index, id] of imageIds.entries()) {
    const gaze = annotations
      .get(id)
      ?.map(({ annotation }) => annotation)
      .find((one) => one.kind === 'gaze');
    if (gaze?.kind !== 'gaze') return undefined;
    vectors.set(gaze.vector, index * 3);
  }
  return vectors;
}

/**
 * Refined versions of the images at ascending places of the synthetic pack, as the dial of the checkpoint has them.
 * `synthetic`: the images themselves.
 */
export async function readRefined(
  library: Library,
  run: Run,
  step: number,
  places: Int32Array,
  synthetic: ImageBatch,
): Promise<ImageBatch> {
  const output = await readRefinerOutput(library, run, step, places, synthetic);
  const blend = createBlender(library, run, step);
  return blend(imageIdsAt(library, run, places), synthetic, output);
}

/** The same as they came out of the refiner. */
export async function readRefinerOutput(
  library: Library,
  run: Run,
  step: number,
  places: Int32Array,
  synthetic: ImageBatch,
): Promise<ImageBatch> {
  const images = new Float32Array(synthetic.images.length);
  const valuesPerImage = synthetic.heightPx * synthetic.widthPx * synthetic.channels;
  let filled = 0;
  for await (const { pack, start } of refinedShards(library, run, step, places[places.length - 1] + 1)) {
    const here = places
      .filter((place) => place >= start && place < start + pack.count)
      .map((place) => place - start);
    await pack.readImages(
      here,
      images.subarray(filled * valuesPerImage, (filled + here.length) * valuesPerImage),
    );
    filled += here.length;
  }
  return { ...synthetic, images };
}

function imageIdsAt(library: Library, { syntheticPackId }: Run, places: Int32Array): number[] {
  return syntheticPackId === null ? [] : selectIds(library.packs.imageIds(syntheticPackId), places);
}

function selectIds(imageIds: Int32Array, places: Int32Array): number[] {
  return [...places].map((place) => imageIds[place]);
}
