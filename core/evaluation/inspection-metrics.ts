import type { MetricDeclaration } from '../simgan/network.ts';

const STRUCTURE_METRICS: readonly MetricDeclaration[] = [
  {
    name: 'labels.displacementMedian',
    label: 'Displacement of structure, median',
    unit: 'px',
    chart: 'displacement',
    symbol: '',
  },
  {
    name: 'labels.displacementP95',
    label: 'Displacement of structure, 95 % of images below',
    unit: 'px',
    chart: 'displacement',
    symbol: '',
  },
  {
    name: 'labels.displacementLost',
    label: 'Images whose structure is not found again',
    unit: 'share',
    chart: 'structure lost',
    symbol: '',
  },
  {
    name: 'labels.preservation',
    label: 'Label preservation',
    unit: '',
    chart: 'score',
    symbol: '',
  },
];

const REALISM_METRICS: readonly MetricDeclaration[] = [
  {
    name: 'realism.kernelDistance',
    label: 'Kernel distance to real',
    unit: '',
    chart: 'kernel distance',
    symbol: 'MMD²(x̃, y)',
  },
  {
    name: 'realism.kernelDistanceSynthetic',
    label: 'Kernel distance of synthetic to real',
    unit: '',
    chart: 'kernel distance',
    symbol: 'MMD²(x, y)',
  },
  {
    name: 'realism.gain',
    label: 'Realism gain',
    unit: '',
    chart: 'score',
    symbol: '1 − MMD²(x̃, y) / MMD²(x, y)',
  },
  {
    name: 'realism.histogramDistance',
    label: 'Histogram distance to real',
    unit: 'grey levels',
    chart: 'histogram distance',
    symbol: 'W₁',
  },
  {
    name: 'realism.contrastRatio',
    label: 'Contrast of refined to real',
    unit: 'ratio',
    chart: 'ratios',
    symbol: 'σ(x̃) / σ(y)',
  },
  {
    name: 'realism.diversity',
    label: 'Variety of refined to synthetic',
    unit: 'ratio',
    chart: 'ratios',
    symbol: '',
  },
  {
    name: 'realism.contrastCorrelation',
    label: 'Correlation of refined with synthetic',
    unit: '',
    chart: 'correlation',
    symbol: 'corr(x̃, x)',
  },
];

/** What an inspection measures; `driftUnit` is the tripwire's, undefined where there is none to ask. */
export function inspectionMetrics(driftUnit: '°' | 'px' | undefined): MetricDeclaration[] {
  const others = [...STRUCTURE_METRICS, ...REALISM_METRICS];
  if (driftUnit === undefined) return others;
  const drift = (name: string, label: string): MetricDeclaration => ({
    name: `labels.${name}`,
    label,
    unit: driftUnit,
    chart: 'label drift',
    symbol: '',
  });
  return [
    drift('driftMedian', 'Label drift, median'),
    drift('driftP95', 'Label drift, 95 % of images below'),
    drift('noiseFloor', 'Drift read where nothing moved, median'),
    ...others,
  ];
}
