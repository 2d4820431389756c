import type { TrainingConfig } from '../../../core/contract/training-config.ts';
import { text } from '../../text/index.ts';
import type { Curve, ReferenceLine } from '../charts/curve.ts';
import type { MetricSeries } from './series.ts';

type Limits = Pick<TrainingConfig, 'driftBudget' | 'guardLeastChange' | 'guardSaturation' | 'guardBeaten'>;

interface ChartOfRun {
  readonly id: keyof typeof text.runs.charts;
  readonly metrics: readonly string[];
  readonly references: (config: Limits) => readonly ReferenceLine[];
}

const none = (): readonly ReferenceLine[] => [];
const words = text.runs.references;

/** What is drawn of a run, most important first. A metric that a run does not have is left out. */
export const chartsOfRun: readonly ChartOfRun[] = [
  { id: 'refiner', metrics: ['refiner.realism', 'refiner.regularization'], references: none },
  {
    id: 'discriminator',
    metrics: ['discriminator.loss'],
    references: () => [{ name: words.coinToss, value: Math.LN2 }],
  },
  {
    id: 'accuracy',
    metrics: ['discriminator.accuracyReal', 'discriminator.accuracyRefined', 'discriminator.accuracyHistory'],
    references: () => [{ name: words.guessing, value: 0.5 }],
  },
  {
    id: 'change',
    metrics: ['refiner.change'],
    references: ({ guardLeastChange }) =>
      guardLeastChange > 0 ? [{ name: words.leastChange, value: guardLeastChange }] : [],
  },
  {
    id: 'drift',
    metrics: ['labels.driftP95', 'labels.driftMedian', 'labels.displacementMedian', 'labels.noiseFloor'],
    references: ({ driftBudget }) => (driftBudget > 0 ? [{ name: words.budget, value: driftBudget }] : []),
  },
  { id: 'histogram', metrics: ['refiner.histogramDistance', 'realism.histogramDistance'], references: none },
  {
    id: 'distance',
    metrics: ['realism.kernelDistance', 'realism.kernelDistanceSynthetic'],
    references: none,
  },
  { id: 'score', metrics: ['realism.gain', 'labels.preservation'], references: none },
  {
    id: 'look',
    metrics: ['realism.diversity', 'realism.contrastRatio', 'realism.contrastCorrelation'],
    references: none,
  },
  { id: 'gradients', metrics: ['refiner.gradientNorm', 'discriminator.gradientNorm'], references: none },
  {
    id: 'time',
    metrics: ['time.refiner', 'time.discriminator', 'time.data', 'time.read', 'time.record'],
    references: none,
  },
];

/** The charts of what a run has measured. */
export function chartsWith(metrics: ReadonlySet<string>): ChartOfRun[] {
  return chartsOfRun
    .map((chart) => ({ ...chart, metrics: chart.metrics.filter((name) => metrics.has(name)) }))
    .filter((chart) => chart.metrics.length > 0);
}

/** As many as a window shows before anything is scrolled. */
export const CHARTS_OF_FIRST_LOOK = 6;

/** What stands in the charts that are seen first. */
export function metricsOfFirstLook(metrics: Readonly<Record<string, number>>): string[] {
  const charts = chartsWith(new Set(Object.keys(metrics))).slice(0, CHARTS_OF_FIRST_LOOK);
  return charts.flatMap((chart) => chart.metrics);
}

/** A metric in the user's words. */
export function nameOfMetric(metric: string): string {
  const names: Readonly<Record<string, string>> = text.runs.metrics;
  return names[metric] ?? metric;
}

export function curveOf(series: MetricSeries, colour: number, name = nameOfMetric(series.name)): Curve {
  const { steps, mean, min, max, nonFinite } = series;
  return { id: series.name, name, colour, steps, mean, min, max, nonFinite };
}
