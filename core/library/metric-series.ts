import { BLOCK_FIELDS, BLOCK_STEPS, blockOf, FIELDS_OF_BLOCK, type MetricBlocks } from './metric-blocks.ts';
import { inOrder, lastStepOf, placeAfter, stepAt, type MetricPoints } from './metric-points.ts';

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

/**
 * Minimum, mean and maximum over buckets of equally many steps, at most `maxPoints` of them. The pieces are those of one
 * metric; where two have the same step the later piece counts.
 */
export function bucketPoints(pieces: readonly MetricPoints[], maxPoints: number): MetricSeries {
  const parts = inOrder(pieces);
  if (parts.length === 0) return { bucketSteps: 1, steps: [], min: [], mean: [], max: [], nonFinite: 0 };
  const firstStep = parts[0].firstStep;
  const span = lastStepOf(parts[parts.length - 1]) - firstStep + 1;
  const count = parts.reduce((sum, { values }) => sum + values.length, 0);
  // Few readings far apart are shown as they are.
  const buckets = createBuckets(firstStep, count <= maxPoints ? 1 : Math.ceil(span / maxPoints));
  for (const part of parts) addPoints(buckets, part);
  return buckets.close(count);
}

/**
 * The same of blocks, page by page, and of the readings that come after them. Buckets are as large as for readings, rounded
 * up to whole blocks. Undefined where blocks are too coarse for that.
 */
export function bucketBlocks(
  pages: readonly MetricBlocks[],
  newer: MetricPoints,
  maxPoints: number,
): MetricSeries | undefined {
  if (pages.length === 0) return undefined;
  const blocks = pages[pages.length - 1];
  const lastBlock = blockOf(blocks[blocks.length - FIELDS_OF_BLOCK + BLOCK_FIELDS.step]);
  const hasNewer = newer.values.length > 0;
  const firstStep = pages[0][BLOCK_FIELDS.step];
  const span = (hasNewer ? lastStepOf(newer) : lastBlock + BLOCK_STEPS - 1) - firstStep + 1;
  const count = newer.values.length + pages.reduce((sum, page) => sum + readingsOf(page), 0);
  if (count <= maxPoints || span < BLOCK_STEPS * maxPoints || maxPoints < 2) return undefined;
  // On a grid that does not begin with the first step there may be one more of them.
  const bucketSteps = BLOCK_STEPS * Math.ceil(span / (maxPoints - 1) / BLOCK_STEPS);
  const buckets = createBuckets(blockOf(firstStep, bucketSteps), bucketSteps);
  for (const page of pages) addBlocks(buckets, page);
  addPoints(buckets, newer);
  return buckets.close(count);
}

function readingsOf(blocks: MetricBlocks): number {
  let readings = 0;
  for (let at = BLOCK_FIELDS.readings; at < blocks.length; at += FIELDS_OF_BLOCK) readings += blocks[at];
  return readings;
}

/** Plain numbers, since there are thousands of blocks. */
function addBlocks(buckets: Buckets, blocks: MetricBlocks): void {
  for (let at = 0; at < blocks.length; at += FIELDS_OF_BLOCK) {
    const bucket = buckets.at(blocks[at + BLOCK_FIELDS.step]);
    bucket.finite += blocks[at + BLOCK_FIELDS.finite];
    bucket.sum += blocks[at + BLOCK_FIELDS.sum];
    bucket.min = Math.min(bucket.min, blocks[at + BLOCK_FIELDS.min]);
    bucket.max = Math.max(bucket.max, blocks[at + BLOCK_FIELDS.max]);
  }
}

function addPoints(buckets: Buckets, points: MetricPoints): void {
  for (let index = 0; index < points.values.length;) {
    const bucket = buckets.at(stepAt(points, index));
    const stop = placeAfter(points, index, buckets.end());
    addUp(bucket, points.values, index, stop);
    index = stop;
  }
}

interface Buckets {
  /** The bucket of a step that has a reading, at or after the one before. */
  readonly at: (step: number) => Bucket;
  /** Step before which that bucket ends. */
  readonly end: () => number;
  readonly close: (readings: number) => MetricSeries;
}

/** Buckets of so many steps, one of them from this step on. */
function createBuckets(start: number, bucketSteps: number): Buckets {
  const series = { steps: [] as number[], min: [] as number[], mean: [] as number[], max: [] as number[] };
  let bucket: Bucket | undefined;
  let end = start;
  let inBuckets = 0;
  const put = ({ step, finite, sum, min, max }: Bucket): void => {
    series.steps.push(step);
    series.min.push(finite > 0 ? min : NaN);
    series.mean.push(finite > 0 ? sum / finite : NaN);
    series.max.push(finite > 0 ? max : NaN);
    inBuckets += finite;
  };
  return {
    at(step) {
      if (bucket && step < end) return bucket;
      if (bucket) put(bucket);
      bucket = { step, finite: 0, sum: 0, min: Infinity, max: -Infinity };
      end = start + blockOf(step - start, bucketSteps) + bucketSteps;
      return bucket;
    },
    end: () => end,
    close(readings) {
      if (bucket) put(bucket);
      return { bucketSteps, ...series, nonFinite: readings - inBuckets };
    },
  };
}

interface Bucket {
  /** Of its first reading. */
  readonly step: number;
  finite: number;
  sum: number;
  min: number;
  max: number;
}

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
