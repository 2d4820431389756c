/** Readings of one metric, ascending in step. */
export interface MetricPoints {
  readonly firstStep: number;
  /** Null where there is a reading for every step from the first on. */
  readonly steps: Int32Array | null;
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

/** Of readings at these steps, ascending. */
export function pointsAt(steps: Int32Array, values: Float32Array): MetricPoints {
  const isGapless = steps.length === 0 || steps[steps.length - 1] - steps[0] + 1 === steps.length;
  return { firstStep: steps[0] ?? 0, steps: isGapless ? null : steps, values };
}

export function lastStepOf(points: MetricPoints): number {
  return stepAt(points, points.values.length - 1);
}

const stepAt = ({ firstStep, steps }: MetricPoints, index: number): number =>
  steps ? steps[index] : firstStep + index;

/** The part from one step to another, both included. */
export function within(points: MetricPoints, fromStep: number, toStep: number): MetricPoints {
  const start = placeOf(points, fromStep);
  const end = placeOf(points, toStep + 1);
  if (start === 0 && end === points.values.length) return points;
  return {
    firstStep: stepAt(points, start),
    steps: points.steps?.subarray(start, end) ?? null,
    values: points.values.subarray(start, end),
  };
}

/** The first reading of a step or later; their number where there is none. */
function placeOf({ firstStep, steps, values }: MetricPoints, step: number): number {
  if (!steps) return Math.min(Math.max(step - firstStep, 0), values.length);
  const place = steps.findIndex((one) => one >= step);
  return place < 0 ? steps.length : place;
}

/**
 * Minimum, mean and maximum over buckets of equally many steps, at most `maxPoints` of them. The pieces are those of one
 * metric; where two have the same step the later piece counts.
 */
export function bucketPoints(pieces: readonly MetricPoints[], maxPoints: number): MetricSeries {
  const series = { steps: [] as number[], min: [] as number[], mean: [] as number[], max: [] as number[] };
  const parts = inOrder(pieces.filter(({ values }) => values.length > 0));
  if (parts.length === 0) return { bucketSteps: 1, ...series, nonFinite: 0 };
  const first = parts[0].firstStep;
  const span = lastStepOf(parts[parts.length - 1]) - first + 1;
  const count = parts.reduce((sum, { values }) => sum + values.length, 0);
  // Few readings far apart are shown as they are.
  const bucketSteps = count <= maxPoints ? 1 : Math.ceil(span / maxPoints);

  const bucket = emptyBucket(first);
  /** Step before which the bucket ends. */
  let end = first + bucketSteps;
  let inBuckets = 0;
  const close = (): void => {
    const { finite, sum, min, max } = bucket;
    series.steps.push(bucket.step);
    series.min.push(finite > 0 ? min : NaN);
    series.mean.push(finite > 0 ? sum / finite : NaN);
    series.max.push(finite > 0 ? max : NaN);
    inBuckets += finite;
  };
  for (const part of parts) {
    for (let index = 0; index < part.values.length;) {
      const step = stepAt(part, index);
      if (step >= end) {
        close();
        Object.assign(bucket, emptyBucket(step));
        end = step - ((step - first) % bucketSteps) + bucketSteps;
      }
      const stop = placeAfter(part, index, end);
      addUp(bucket, part.values, index, stop);
      index = stop;
    }
  }
  close();
  return { bucketSteps, ...series, nonFinite: count - inBuckets };
}

interface Bucket {
  /** Of its first reading. */
  readonly step: number;
  finite: number;
  sum: number;
  min: number;
  max: number;
}

const emptyBucket = (step: number): Bucket => ({ step, finite: 0, sum: 0, min: Infinity, max: -Infinity });

/** Adds the finite values from one place up to another. Plain numbers, since there are millions of them. */
function addUp(bucket: Bucket, values: Float32Array, from: number, to: number): void {
  let { finite, sum, min, max } = bucket;
  for (let index = from; index < to; index++) {
    const value = values[index];
    if (!Number.isFinite(value)) continue;
    finite++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  bucket.finite = finite;
  bucket.sum = sum;
  bucket.min = min;
  bucket.max = max;
}

/** The first reading from a place on that is of a step or later. */
function placeAfter({ firstStep, steps, values }: MetricPoints, from: number, step: number): number {
  if (!steps) return Math.min(step - firstStep, values.length);
  let place = from;
  while (place < steps.length && steps[place] < step) place++;
  return place;
}

/** The same readings, every piece after the one before. */
function inOrder(pieces: readonly MetricPoints[]): readonly MetricPoints[] {
  const isAscending = pieces.every(
    (piece, index) => index === 0 || piece.firstStep > lastStepOf(pieces[index - 1]),
  );
  if (isAscending) return pieces;
  // Late readings, such as an evaluation of an old checkpoint: rare, so a plain map will do.
  const byStep = new Map<number, number>();
  for (const piece of pieces) piece.values.forEach((value, index) => byStep.set(stepAt(piece, index), value));
  const sorted = [...byStep].sort((left, right) => left[0] - right[0]);
  return [
    pointsAt(
      Int32Array.from(sorted, ([step]) => step),
      Float32Array.from(sorted, ([, value]) => value),
    ),
  ];
}
