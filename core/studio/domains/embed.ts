import { setImmediate as nextTurn } from 'node:timers/promises';
import { PCA } from 'ml-pca';
import { UMAP } from 'umap-js';
import type { LongWork } from '../../base/long-work.ts';
import type { Random } from '../../base/random.ts';
import type { Features } from '../../evaluation/kernel-distance.ts';

/** Numbers that are left of the features before UMAP and clustering: the rest is noise, and costs time. */
const KEPT_COMPONENTS = 30;

/** McInnes et al. 2018, "UMAP": their defaults, and fewer rounds for large sets as their own program takes. */
const UMAP_NEIGHBOURS = 15;
const UMAP_EPOCHS = 200;

export interface Components {
  /** One row for each image, the strongest component first. */
  readonly rows: readonly (readonly number[])[];
}

/** Principal components of features that were brought to one scale; at most 30. */
export function principalComponents(features: Features): Components {
  const rows = standardised(features);
  if (rows.length < 2 || rows[0].length === 0) return { rows: rows.map(() => [0, 0]) };
  const pca = new PCA(rows, { method: 'covarianceMatrix', center: true });
  const nComponents = Math.min(KEPT_COMPONENTS, rows[0].length);
  return { rows: pca.predict(rows, { nComponents }).to2DArray() };
}

/** The first two components. */
export function placeByPca({ rows }: Components): [x: number, y: number][] {
  return rows.map((row) => [row[0] ?? 0, row[1] ?? 0]);
}

/** Neighbours stay neighbours; distances between clusters mean little. @throws what the signal throws */
export async function placeByUmap(
  { rows }: Components,
  random: Random,
  { signal, onProgress }: LongWork,
): Promise<[x: number, y: number][]> {
  const umap = new UMAP({
    nNeighbors: Math.min(UMAP_NEIGHBOURS, rows.length - 1),
    nEpochs: UMAP_EPOCHS,
    random: () => random.uniform(),
  });
  const epochs = umap.initializeFit(rows.map((row) => [...row]));
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step();
    onProgress?.({ done: epoch, total: epochs, unit: 'rounds', label: 'Placing images' });
    await nextTurn();
    signal?.throwIfAborted();
  }
  return umap.getEmbedding().map(([x, y]) => [x, y]);
}

/** Mean 0 and deviation 1 of each number; those that never change say nothing. */
function standardised({ values, count, width }: Features): number[][] {
  const columns: { at: number; mean: number; deviation: number }[] = [];
  for (let at = 0; at < width; at++) {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < count; row++) {
      const value = values[row * width + at];
      sum += value;
      squares += value * value;
    }
    const mean = sum / count;
    const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
    if (deviation > 1e-6 * (Math.abs(mean) + 1e-6)) columns.push({ at, mean, deviation });
  }
  return Array.from({ length: count }, (_, row) =>
    columns.map(({ at, mean, deviation }) => (values[row * width + at] - mean) / deviation),
  );
}
