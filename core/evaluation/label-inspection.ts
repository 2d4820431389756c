import { selectImages, type ImageBatch } from '../base/image-batch.ts';
import { createRandom } from '../base/random.ts';
import type { Tripwire } from '../estimators/label-tripwire.ts';
import { changeRendering } from '../estimators/rendering-change.ts';
import type { TripwireLabels } from '../estimators/tripwire-labels.ts';
import { preservation } from './checkpoint-score.ts';
import { measureDisplacement } from './displacement.ts';
import { quantilesOf, withoutFloor, type DriftQuantiles } from './drift.ts';
import { applyToneCurve, fitToneCurve } from './histogram-match.ts';
import { labelResponse } from './label-response.ts';

/** Whether pictures have kept their labels. Values by metric name; undefined could not be measured. */
export interface LabelReading {
  readonly metrics: Readonly<Record<string, number | undefined>>;
  /** 1 within the drift budget, falling to 0 beyond. */
  readonly preservation: number | undefined;
}

interface InspectedSet {
  readonly synthetic: ImageBatch;
  readonly labels: TripwireLabels | undefined;
  readonly real: ImageBatch;
}

export interface LabelInspector {
  /** Of the tripwire's drift; undefined where none is asked. */
  readonly driftUnit: Tripwire['unit'] | undefined;
  readonly caveats: readonly string[];
  measure(refined: ImageBatch, signal: AbortSignal | undefined): Promise<LabelReading>;
}

/** Where nothing else is asked for. */
const DEFAULT_BUDGET = { '°': 3, px: 2 } as const;

/** Displacement takes 5 ms per image of 55×35. */
const DISPLACEMENT_IMAGES = 32;

/** A tripwire that follows the labels by less would read less than half of a drift. */
const LEAST_RESPONSE = 0.5;

/**
 * Drift by the tripwire where there is one that knows its labels, and displacement of structure beside it, which judges
 * where there is none.
 */
export async function createLabelInspector(
  set: InspectedSet,
  tripwire: Tripwire | undefined,
  config: { readonly seed: number; readonly driftBudget?: number | undefined },
): Promise<LabelInspector> {
  const { synthetic, labels } = set;
  const response =
    tripwire && labels ? labelResponse(await tripwire.predict(synthetic), labels, synthetic) : undefined;
  const blind = response !== undefined && response < LEAST_RESPONSE;
  const watch = tripwire && !blind ? await createDriftMeasure(set, tripwire, config.seed) : undefined;
  const unit = tripwire?.unit ?? 'px';
  // A budget of 0 turns a run's guard off; checkpoints are still ranked.
  const { driftBudget = 0 } = config;
  const budget = driftBudget > 0 ? driftBudget : DEFAULT_BUDGET[unit];
  const structureBudgetPx = unit === 'px' ? budget : DEFAULT_BUDGET.px;
  const caveats: string[] = [];
  if (blind) {
    caveats.push(
      `The label tripwire has learned too little: its answers follow the labels by ${response.toFixed(2)} only, where 1 is fully. Label drift is judged by the displacement of structure alone.`,
    );
  }
  if (tripwire && watch && watch.highestFloor.median > budget) {
    caveats.push(
      `A strong change of rendering alone moves the label tripwire's answers by ${watch.highestFloor.median.toFixed(1)} ${tripwire.unit} (median): beside one, less drift is hard to see.`,
    );
  }
  const sample = evenPlaces(synthetic.count, DISPLACEMENT_IMAGES);
  const sampled = selectImages(synthetic, sample);
  return {
    driftUnit: watch && tripwire?.unit,
    caveats,
    async measure(refined, signal) {
      const watched = await watch?.measure(refined);
      const moved = await measureDisplacement(sampled, selectImages(refined, sample), { signal });
      const withStructure = moved.measured + moved.notFoundAgain;
      const lostShare = withStructure > 0 ? moved.notFoundAgain / withStructure : undefined;
      return {
        metrics: {
          'labels.driftMedian': watched?.drift.median,
          'labels.driftP95': watched?.drift.p95,
          'labels.noiseFloor': watched?.floor.median,
          'labels.displacementMedian': moved.medianPx,
          'labels.displacementP95': moved.p95Px,
          'labels.displacementLost': lostShare,
        },
        preservation: watched
          ? preservation(watched.drift.p95, budget)
          : preservationByStructure(moved.p95Px, lostShare, structureBudgetPx),
      };
    },
  };
}

/** What a picture's structure, where it is found again, moved by; what is not found again is not preserved. */
function preservationByStructure(
  driftPx: number | undefined,
  lostShare: number | undefined,
  budgetPx: number,
): number | undefined {
  if (lostShare === undefined) return undefined;
  return driftPx === undefined ? 0 : (1 - lostShare) * preservation(driftPx, budgetPx);
}

interface DriftMeasure {
  /** What the strongest harmless change reads. */
  readonly highestFloor: DriftQuantiles;
  /** Drift without the floor, and the floor. */
  measure(refined: ImageBatch): Promise<{ drift: DriftQuantiles; floor: DriftQuantiles } | undefined>;
}

/**
 * The distance between the tripwire's answers for refined and synthetic images, less its noise floor: what it reads
 * where nothing moved and the rendering changed by as much. For that the tones become those of the real set
 * (`fitToneCurve`), each image's rendering another (`changeRendering`), and the result is blended with the synthetic
 * image so that both differ by as many grey levels as refined and synthetic images do.
 */
async function createDriftMeasure(
  { synthetic, labels, real }: InspectedSet,
  tripwire: Tripwire,
  seed: number,
): Promise<DriftMeasure | undefined> {
  const before = await tripwire.predict(synthetic);
  const read = async (images: ImageBatch): Promise<DriftQuantiles | undefined> =>
    quantilesOf(tripwire.distances(await tripwire.predict(images), before, labels));
  const inRealTones = applyToneCurve(synthetic, fitToneCurve(synthetic, real));
  const rerendered = changeRendering(inRealTones, createRandom(seed, 'drift floor'));
  const mostChange = meanChange(synthetic, rerendered);
  const highestFloor = await read(rerendered);
  if (!highestFloor) return undefined;
  return {
    highestFloor,
    async measure(refined) {
      const share = Math.min(1, meanChange(synthetic, refined) / Math.max(mostChange, LEAST_CHANGE));
      const [reading, floor] = [await read(refined), await read(blend(synthetic, rerendered, share))];
      return reading && floor && { drift: withoutFloor(reading, floor), floor };
    },
  };
}

/** Far below one grey level; keeps the share a number where images are flat. */
const LEAST_CHANGE = 1e-6;

/** Mean absolute difference of the values. */
function meanChange({ images }: ImageBatch, changed: ImageBatch): number {
  let sum = 0;
  for (let place = 0; place < images.length; place++) sum += Math.abs(changed.images[place] - images[place]);
  return sum / images.length;
}

/** `share` of the way from one batch to the other. */
function blend(from: ImageBatch, to: ImageBatch, share: number): ImageBatch {
  return { ...from, images: from.images.map((value, place) => value + share * (to.images[place] - value)) };
}

/** At most `most` places among `count`, evenly spread. */
function evenPlaces(count: number, most: number): number[] {
  const length = Math.min(count, most);
  return Array.from({ length }, (_, index) => Math.floor(((index + 0.5) * count) / length));
}
