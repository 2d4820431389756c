import type { z } from 'zod';
import type { evaluationRowSchema, evaluationSchema } from '../../contract/operations/results.ts';
import type { Evaluation } from '../../library/evaluations.ts';
import type { LookOf, SetLook } from './compare-looks.ts';
import type { RunEvaluation } from './evaluation-run.ts';
import { verdictOf } from './evaluation-summary.ts';

type EvaluationRow = z.infer<typeof evaluationRowSchema>;
type Value = EvaluationRow['values'][number];

/** A recorded evaluation as the window shows it: each measure a row, each set a value. */
export function describeEvaluation({
  runId,
  step,
  createdAt,
  result,
}: Evaluation): z.infer<typeof evaluationSchema> {
  const evaluation = result as RunEvaluation;
  const { looks = [], gaze, breakdown } = evaluation;
  const rows = [...ROWS.map((row) => rowOf(row, looks)), ...(gaze ? [gazeRow(gaze)] : [])];
  return {
    runId,
    step,
    run: evaluation.run,
    madeAt: createdAt,
    verdict: verdictOf(evaluation),
    rows: rows.filter(({ values }) => values.some(({ value }) => value !== null)),
    breakdown: breakdown ?? null,
    caveats: [...evaluation.caveats],
  };
}

interface RowDescription extends Omit<EvaluationRow, 'values'> {
  readonly read: (look: SetLook) => Omit<Value, 'of'> | null;
}

const plain = (value: number | null): Omit<Value, 'of'> | null =>
  value === null ? null : { value, low: null, high: null, images: null };

const ROWS: readonly RowDescription[] = [
  {
    measure: 'told from real',
    help: 'Share of held-out images that a fresh classifier puts into the right set: 50 % is chance. Real against real is what a perfect refiner would reach.',
    unit: '%',
    better: 'lower',
    read: ({ toldFromReal: told }) =>
      told && { value: 100 * told.accuracy, low: 100 * told.low, high: 100 * told.high, images: told.judged },
  },
  {
    measure: 'kernel distance',
    help: 'Distance to the real set in the features of a small random network; 0 on average where two sets are the same.',
    unit: '',
    better: 'lower',
    read: ({ kernelDistance }) => plain(kernelDistance),
  },
  {
    measure: 'histogram distance',
    help: 'Grey levels by which the mean pixel must change to have the distribution of the real set.',
    unit: 'grey levels',
    better: 'lower',
    read: (look) => plain(look.histogramDistanceGrey),
  },
  {
    measure: 'contrast',
    help: 'Standard deviation of grey levels within an image.',
    unit: 'grey levels',
    better: 'none',
    read: ({ contrastGrey }) => plain(contrastGrey),
  },
  {
    measure: 'change',
    help: 'By how much the mean pixel differs from the synthetic image.',
    unit: 'grey levels',
    better: 'none',
    read: ({ changeGrey }) => plain(changeGrey),
  },
  {
    measure: 'drift, median',
    help: 'How far structure moved from the synthetic image. What moves nothing shows what the measure reads of tone and noise alone.',
    unit: 'px',
    better: 'lower',
    read: ({ drift }) => drift && { value: drift.medianPx, low: null, high: null, images: drift.images },
  },
  {
    measure: 'drift, 95 % below',
    help: 'The same for all but the worst twentieth of the images.',
    unit: 'px',
    better: 'lower',
    read: ({ drift }) => drift && { value: drift.p95Px, low: null, high: null, images: drift.images },
  },
];

function rowOf({ read, ...row }: RowDescription, looks: readonly SetLook[]): EvaluationRow {
  return {
    ...row,
    values: looks.map((look) => ({
      of: look.of,
      ...(read(look) ?? { value: null, low: null, high: null, images: null }),
    })),
  };
}

const TRAINED_ON = {
  synthetic: 'synthetic',
  'histogram-matched': 'histogram match',
  refined: 'refined',
} as const satisfies Record<string, LookOf>;

function gazeRow({ rows, testCount }: NonNullable<RunEvaluation['gaze']>): EvaluationRow {
  return {
    measure: 'gaze error',
    help: 'Mean angle between truth and estimate on labelled real images, of an estimator trained on each set; from three seeds, with their deviation.',
    unit: '°',
    better: 'lower',
    values: rows.map(({ trainedOn, meanErrorDeg: { mean, deviation } }) => ({
      of: TRAINED_ON[trainedOn],
      value: mean,
      low: mean - deviation,
      high: mean + deviation,
      images: testCount,
    })),
  };
}
