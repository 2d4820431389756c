import { downSample, type Point } from './down-sample.ts';
import { trendOf } from './trend.ts';

/** One chart: series over steps that share a unit. */
export interface Curve {
  readonly title: string;
  readonly unit: string;
  readonly logarithmic?: boolean;
  /** A level that means something, such as ln 2 for a discriminator that guesses. */
  readonly reference?: { readonly label: string; readonly value: number };
  readonly series: readonly {
    readonly label: string;
    /** Value that is no finite number: a gap. */
    readonly points: readonly Point[];
  }[];
}

/** A series in the order of its steps, and what a chart says about it. */
export interface PreparedSeries {
  readonly label: string;
  readonly points: readonly Point[];
  /** Few enough points to draw; those that cannot be drawn are gaps. */
  readonly shown: readonly Point[];
  /** The running mean, where the points alone are too restless to follow; few enough to draw. */
  readonly trend?: readonly Point[];
  /** Undefined where nothing can be drawn. */
  readonly extent?: {
    readonly first: Point;
    readonly last: Point;
    readonly lowest: Point;
    readonly highest: Point;
  };
}

export interface PreparedCurve extends Pick<Curve, 'title' | 'unit'> {
  readonly logarithmic: boolean;
  /** Undefined too where the axis cannot hold it. */
  readonly reference?: { readonly label: string; readonly value: number };
  readonly series: readonly PreparedSeries[];
  /** Points that are gaps, and those among them that only a logarithmic axis cannot show. */
  readonly notFinite: number;
  readonly notPositive: number;
}

/** More points than pixels of a chart's width show nothing more. */
const MOST_POINTS = 600;

/** Sorts by step (points without a finite step are left out), finds what can be drawn, and thins it out. */
export function prepareCurve(curve: Curve): PreparedCurve {
  const logarithmic = curve.logarithmic ?? false;
  const drawable = (value: number): boolean => Number.isFinite(value) && (!logarithmic || value > 0);
  let notFinite = 0;
  let notPositive = 0;
  const series = curve.series.map(({ label, points }): PreparedSeries => {
    const ordered = points.filter(([step]) => Number.isFinite(step)).sort((one, other) => one[0] - other[0]);
    for (const [, value] of ordered) {
      if (!Number.isFinite(value)) notFinite++;
      else if (!drawable(value)) notPositive++;
    }
    const drawn = ordered.map(([step, value]): Point => [step, drawable(value) ? value : Number.NaN]);
    const extent = extentOf(drawn.filter(([, value]) => !Number.isNaN(value)));
    const trend = trendOf(drawn, logarithmic);
    return {
      label,
      points: ordered,
      shown: downSample(drawn, MOST_POINTS),
      ...(trend && { trend: downSample(trend, MOST_POINTS) }),
      ...(extent && { extent }),
    };
  });
  const reference = curve.reference && drawable(curve.reference.value) ? curve.reference : undefined;
  const { title, unit } = curve;
  return { title, unit, logarithmic, series, notFinite, notPositive, ...(reference && { reference }) };
}

function extentOf(points: readonly Point[]): PreparedSeries['extent'] {
  if (points.length === 0) return undefined;
  const by = (keepOther: (value: number, other: number) => boolean): Point =>
    points.reduce((kept, point) => (keepOther(kept[1], point[1]) ? point : kept));
  return {
    first: points[0],
    last: points[points.length - 1],
    lowest: by((value, other) => other < value),
    highest: by((value, other) => other > value),
  };
}
