import { BASELINES, type Baseline } from '../../contract/baselines.ts';
import type { GazeComparison, Spread, TrainingSet } from '../../evaluation/downstream.ts';
import type { TwoSampleResult } from '../../evaluation/two-sample.ts';
import { USUAL_BUDGET_PX } from '../refine/drift-budget.ts';
import type { Comparison } from '../report/comparison.ts';
import type { LookOf, SetLook } from './compare-looks.ts';
import type { RunEvaluation } from './evaluation-run.ts';

type Better = 'yes' | 'no' | 'unclear';

/** As its column is called. */
const TITLES: Readonly<Record<Baseline, string>> = {
  'histogram match': 'tone curve',
  'blur + noise': 'blur + noise',
  both: 'both',
};

const UNKNOWN = '–';

/** The evaluation as a table of before and after, with what plain filters do beside it, for the terminal and the report. */
export function comparisonOf(evaluation: RunEvaluation): Comparison {
  const { realism, change, refined, gaze, selfTest, looks = [] } = evaluation;
  const drift = refined.driftPx;
  const floor = selfTest.noiseFloor.p95Px;
  // An evaluation of an older version has no looks.
  const lookOf = (wanted: LookOf): SetLook | undefined => looks.find(({ of }) => of === wanted);
  const shown = (wanted: LookOf, read: (look: SetLook) => string | null): string => {
    const look = lookOf(wanted);
    return (look && read(look)) ?? UNKNOWN;
  };
  const baselines = (read: (look: SetLook) => string | null): string[] =>
    BASELINES.map((of) => shown(of, read));
  const kernel = ({ kernelDistance }: SetLook): string | null => kernelDistance?.toPrecision(2) ?? null;
  return {
    columns: ['synthetic', ...BASELINES.map((of) => TITLES[of]), 'refined', 'for scale'],
    rows: [
      {
        label: 'told from real',
        help: 'Share of held-out images that a fresh classifier puts into the right set: 50 % is chance. For scale: real against real.',
        cells: [
          share(realism.syntheticReal),
          ...baselines(({ toldFromReal }) => toldFromReal && share(toldFromReal)),
          share(realism.refinedReal),
          share(realism.realReal),
        ],
        better: realismBetter(evaluation),
      },
      ...(looks.length === 0
        ? []
        : [
            {
              label: 'kernel distance',
              help: 'Distance to the real set in the features of a small random network; 0 on average where two sets are the same. For scale: between halves of the real set.',
              cells: [
                shown('synthetic', kernel),
                ...baselines(kernel),
                shown('refined', kernel),
                shown('real', kernel),
              ],
            },
          ]),
      {
        label: 'histogram distance',
        help: 'Grey levels by which the mean pixel must change to have the distribution of the real set.',
        cells: [
          grey(change.histogramDistanceBeforeGrey),
          ...baselines((look) => orNull(look.histogramDistanceGrey, grey)),
          grey(change.histogramDistanceAfterGrey),
          UNKNOWN,
        ],
        better: change.histogramDistanceAfterGrey < change.histogramDistanceBeforeGrey ? 'yes' : 'no',
      },
      {
        label: 'contrast',
        help: 'Standard deviation of grey levels within an image. For scale: that of real images.',
        cells: [
          grey(change.contrastBeforeGrey),
          ...baselines((look) => grey(look.contrastGrey)),
          grey(change.contrastAfterGrey),
          shown('real', (look) => grey(look.contrastGrey)),
        ],
      },
      ...(gaze ? [gazeRow(gaze)] : []),
      {
        label: 'drift, median',
        help: 'How far structure moved from the synthetic image.',
        cells: [
          UNKNOWN,
          ...baselines((look) => look.drift && pixels(look.drift.medianPx)),
          drift ? pixels(drift.median) : UNKNOWN,
          UNKNOWN,
        ],
      },
      {
        label: 'drift, 95 % below',
        help: 'For scale: what the measure reads where only tone and noise changed.',
        cells: [
          UNKNOWN,
          ...baselines((look) => look.drift && pixels(look.drift.p95Px)),
          drift ? pixels(drift.percentile95) : UNKNOWN,
          floor === undefined ? UNKNOWN : pixels(floor),
        ],
        ...(drift
          ? { better: drift.percentile95 <= budgetOf(evaluation) ? ('yes' as const) : ('no' as const) }
          : {}),
      },
    ],
  };
}

/** What the table says, in sentences; the first is the headline. */
export function verdictOf(evaluation: RunEvaluation): string[] {
  const { gaze, noGaze } = evaluation;
  const looks = realismSentence(evaluation);
  return [
    looks,
    gaze ? gazeSentence(gaze) : `What an estimator gains could not be measured. ${noGaze ?? ''}`.trim(),
    driftSentence(evaluation),
    ...baselineSentences(evaluation),
  ];
}

/** Closer to the real set by less than this share is as close. */
const NOTABLY_CLOSER = 0.05;

/** Whether it needed a GAN, and what the refiner's change is made of. */
function baselineSentences({ looks = [], breakdown }: RunEvaluation): string[] {
  const distanceOf = ({ kernelDistance }: SetLook): number => kernelDistance ?? Infinity;
  const refined = looks.find(({ of }) => of === 'refined');
  const [best] = looks
    .filter(({ of }) => BASELINES.some((baseline) => baseline === of))
    .sort((left, right) => distanceOf(left) - distanceOf(right));
  const sentences: string[] = [];
  if (refined && best && Number.isFinite(distanceOf(best))) {
    const [ours, theirs] = [distanceOf(refined), distanceOf(best)];
    const comparison = `(kernel distance ${ours.toPrecision(2)} against ${theirs.toPrecision(2)})`;
    if (ours < (1 - NOTABLY_CLOSER) * theirs) {
      sentences.push(
        `The refiner comes closer to the real images than the best plain filter, ${best.of} ${comparison}.`,
      );
    } else if (theirs < (1 - NOTABLY_CLOSER) * ours) {
      sentences.push(
        `A plain filter does better: the refiner stays further from the real images than ${best.of} ${comparison}.`,
      );
    } else {
      sentences.push(
        `A plain filter does as well: with ${best.of} alone images are as close to the real ones ${comparison}.`,
      );
    }
  }
  if (breakdown) {
    const [tone, noise, structure] = [breakdown.tone, breakdown.noise, breakdown.structure].map(percent);
    sentences.push(
      `Of what the refiner changed, ${tone} is a tone curve, ${noise} noise, ${structure} structure.`,
    );
  }
  return sentences;
}

/** Above this a classifier still tells the sets apart at a glance. */
const PLAINLY_TOLD = 0.9;

function realismSentence(evaluation: RunEvaluation): string {
  const { syntheticReal, refinedReal } = evaluation.realism;
  const [from, to] = [percent(syntheticReal.accuracy), percent(refinedReal.accuracy)];
  switch (realismBetter(evaluation)) {
    case 'yes':
      return refinedReal.accuracy > PLAINLY_TOLD
        ? `Refined images look a little more real, but a classifier still recognises ${to} (${from} before).`
        : `Refined images are harder to tell from real ones: a classifier recognises ${to}, ${from} before.`;
    case 'no':
      return `Refining did not make the images look real: a classifier recognises ${to}, ${from} before.`;
    case 'unclear':
      return `Whether refined images look more real is within the noise: a classifier recognises ${to}, ${from} before.`;
  }
}

function realismBetter({ realism }: RunEvaluation): Better {
  const { syntheticReal: before, refinedReal: after } = realism;
  if (after.high < before.low) return 'yes';
  return after.accuracy >= before.accuracy ? 'no' : 'unclear';
}

function errorOf(gaze: GazeComparison, trainedOn: TrainingSet): Spread {
  const row = gaze.rows.find((one) => one.trainedOn === trainedOn);
  if (!row) throw new Error(`The comparison lacks ${trainedOn}.`);
  return row.meanErrorDeg;
}

function gazeRow(gaze: GazeComparison): Comparison['rows'][number] {
  return {
    label: 'gaze error',
    help: 'Mean angle between truth and estimate on labelled real images, trained on each set (3 seeds). For scale: always answering the mean gaze.',
    cells: [
      degrees(errorOf(gaze, 'synthetic')),
      degrees(errorOf(gaze, 'histogram-matched')),
      UNKNOWN,
      UNKNOWN,
      degrees(errorOf(gaze, 'refined')),
      `${gaze.constant.meanErrorDeg.toFixed(1)}°`,
    ],
    better: lowerOf(errorOf(gaze, 'refined'), errorOf(gaze, 'synthetic')),
  };
}

function gazeSentence(gaze: GazeComparison): string {
  const [synthetic, matched, refined] = (['synthetic', 'histogram-matched', 'refined'] as const).map((set) =>
    errorOf(gaze, set),
  );
  const against = `${refined.mean.toFixed(1)}° against ${synthetic.mean.toFixed(1)}°`;
  const baseline = `A tone curve alone gives ${matched.mean.toFixed(1)}°.`;
  switch (lowerOf(refined, synthetic)) {
    case 'yes':
      return `A gaze estimator trained on them errs less on real images: ${against}. ${baseline}`;
    case 'no':
      return `A gaze estimator trained on them errs more on real images: ${against}. ${baseline}`;
    case 'unclear':
      return `A gaze estimator trained on them is about as good on real images: ${against}. ${baseline}`;
  }
}

const budgetOf = ({ driftBudgetPx = USUAL_BUDGET_PX }: RunEvaluation): number => driftBudgetPx;

function driftSentence(evaluation: RunEvaluation): string {
  const drift = evaluation.refined.driftPx;
  if (!drift) return 'How far structure moved could not be measured.';
  const reading = `half of the images moved by less than ${pixels(drift.median)}, 95 % by less than ${pixels(drift.percentile95)}`;
  const budget = `budget of ${budgetOf(evaluation)} px`;
  return drift.percentile95 <= budgetOf(evaluation)
    ? `Labels hold: ${reading}, within the ${budget}.`
    : `Labels drift: ${reading}, over the ${budget}; an export holds back what is over it.`;
}

/** Whether a mean is lower than another by more than both deviations between seeds. */
function lowerOf(candidate: Spread, reference: Spread): Better {
  const noise = candidate.deviation + reference.deviation;
  if (Math.abs(candidate.mean - reference.mean) <= noise) return 'unclear';
  return candidate.mean < reference.mean ? 'yes' : 'no';
}

const orNull = (value: number | null, write: (value: number) => string): string | null =>
  value === null ? null : write(value);
const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;
const share = ({ accuracy, low, high }: Pick<TwoSampleResult, 'accuracy' | 'low' | 'high'>): string =>
  `${percent(accuracy)} (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`;
const grey = (value: number): string => value.toFixed(1);
const pixels = (value: number): string => `${value.toFixed(2)} px`;
const degrees = ({ mean, deviation }: Spread): string => `${mean.toFixed(1)}° ± ${deviation.toFixed(1)}`;
