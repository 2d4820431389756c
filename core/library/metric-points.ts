/** Readings of one metric, by step. */
export interface MetricPoints {
  readonly steps: Int32Array;
  readonly values: Float32Array;
}

/** A curve with no more points than a chart can show; each point stands for a bucket of steps. */
export interface MetricSeries {
  /** Steps that a bucket spans; 1 when every reading is its own point. */
  readonly bucketSteps: number;
  /** First step with a reading in each bucket; empty buckets are left out. */
  readonly steps: readonly number[];
  /** Over the finite readings of the bucket; NaN where there are none. */
  readonly min: readonly number[];
  readonly mean: readonly number[];
  readonly max: readonly number[];
  /** Readings in the whole range that are NaN or infinite. */
  readonly nonFinite: number;
}

/** Joins pieces into one, ascending in step; where two have the same step the later piece counts. */
export function joinPoints(pieces: readonly MetricPoints[]): MetricPoints {
  const length = pieces.reduce((sum, piece) => sum + piece.steps.length, 0);
  const steps = new Int32Array(length);
  const values = new Float32Array(length);
  let offset = 0;
  let ascending = true;
  for (const piece of pieces) {
    if (piece.steps.length === 0) continue;
    if (offset > 0 && piece.steps[0] <= steps[offset - 1]) ascending = false;
    steps.set(piece.steps, offset);
    values.set(piece.values, offset);
    offset += piece.steps.length;
  }
  if (ascending) return { steps, values };
  // Late readings, such as an evaluation of an old checkpoint: rare, so a plain map will do.
  const byStep = new Map<number, number>();
  steps.forEach((step, index) => byStep.set(step, values[index]));
  const sorted = [...byStep].sort((left, right) => left[0] - right[0]);
  return {
    steps: Int32Array.from(sorted, ([step]) => step),
    values: Float32Array.from(sorted, ([, value]) => value),
  };
}

/** Minimum, mean and maximum over buckets of equally many steps, at most `maxPoints` of them. */
export function bucketPoints(points: MetricPoints, maxPoints: number): MetricSeries {
  const { steps, values } = points;
  const series = { steps: [] as number[], min: [] as number[], mean: [] as number[], max: [] as number[] };
  if (steps.length === 0) return { bucketSteps: 1, ...series, nonFinite: 0 };
  const first = steps[0];
  const span = steps[steps.length - 1] - first + 1;
  // Few readings far apart are shown as they are.
  const bucketSteps = steps.length <= maxPoints ? 1 : Math.ceil(span / maxPoints);
  let nonFinite = 0;
  for (let index = 0; index < steps.length;) {
    const start = index;
    const end = steps[index] - ((steps[index] - first) % bucketSteps) + bucketSteps;
    let finite = 0;
    let sum = 0;
    let min = Infinity;
    let max = -Infinity;
    for (; index < steps.length && steps[index] < end; index++) {
      const value = values[index];
      if (!Number.isFinite(value)) continue;
      finite++;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    nonFinite += index - start - finite;
    series.steps.push(steps[start]);
    series.min.push(finite > 0 ? min : NaN);
    series.mean.push(finite > 0 ? sum / finite : NaN);
    series.max.push(finite > 0 ? max : NaN);
  }
  return { bucketSteps, ...series, nonFinite };
}
