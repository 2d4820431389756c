import type { Random } from '../../base/random.ts';

/** Rounds of moving centres; what has not settled by then will not be told apart by eye either. */
const MOST_ROUNDS = 50;

/**
 * Cluster of each row, 0 to `clusters` − 1, the largest first: Lloyd's algorithm from centres drawn as k-means++ draws them
 * (Arthur & Vassilvitskii 2007). Fewer clusters where there are fewer different rows. Equal seeds, equal clusters.
 */
export function kMeans(rows: readonly (readonly number[])[], clusters: number, random: Random): number[] {
  let centres = drawCentres(rows, clusters, random);
  let cluster = rows.map((row) => nearest(row, centres).index);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    centres = centres.map((centre, index) => meanOf(rows.filter((_, at) => cluster[at] === index)) ?? centre);
    const next = rows.map((row) => nearest(row, centres).index);
    const isSettled = next.every((value, at) => value === cluster[at]);
    cluster = next;
    if (isSettled) break;
  }
  return bySize(cluster, centres.length);
}

type Row = readonly number[];

function drawCentres(rows: readonly Row[], clusters: number, random: Random): Row[] {
  if (rows.length === 0) return [];
  const centres = [rows[random.integer(rows.length)]];
  const distances = rows.map((row) => squaredDistance(row, centres[0]));
  while (centres.length < clusters) {
    const total = distances.reduce((sum, distance) => sum + distance, 0);
    if (total === 0) break;
    let rest = random.uniform() * total;
    const drawn = distances.findIndex((distance) => (rest -= distance) < 0);
    const centre = rows[drawn < 0 ? rows.length - 1 : drawn];
    centres.push(centre);
    rows.forEach((row, at) => (distances[at] = Math.min(distances[at], squaredDistance(row, centre))));
  }
  return centres;
}

function nearest(row: Row, centres: readonly Row[]): { index: number; distance: number } {
  let best = { index: 0, distance: Infinity };
  centres.forEach((centre, index) => {
    const distance = squaredDistance(row, centre);
    if (distance < best.distance) best = { index, distance };
  });
  return best;
}

function meanOf(rows: readonly Row[]): Row | undefined {
  if (rows.length === 0) return undefined;
  const sums = new Array<number>(rows[0].length).fill(0);
  for (const row of rows) row.forEach((value, at) => (sums[at] += value));
  return sums.map((sum) => sum / rows.length);
}

function bySize(cluster: readonly number[], count: number): number[] {
  const sizes = new Array<number>(count).fill(0);
  for (const index of cluster) sizes[index] += 1;
  const order = sizes
    .map((_, index) => index)
    .sort((left, right) => sizes[right] - sizes[left] || left - right);
  return cluster.map((index) => order.indexOf(index));
}

function squaredDistance(left: Row, right: Row): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += (left[at] - right[at]) ** 2;
  return sum;
}
