import type { z } from 'zod';
import { GREY_LEVELS_PER_UNIT, greyPlane, type ImageBatch } from '../../base/image-batch.ts';
import { takeTurn } from '../../base/long-work.ts';
import type { healthSchema } from '../../contract/operations/datasets.ts';
import { keypointLayout } from '../../contract/keypoint-layouts.ts';
import { median, quantile } from '../../evaluation/statistics.ts';
import type { Box } from '../../datasets/pixels/geometry.ts';
import type { DatasetRole } from '../../library/datasets.ts';
import type { ImageFacts } from '../../library/image-search.ts';
import type { Image } from '../../library/images.ts';
import type { Library } from '../../library/library.ts';
import { IMAGE_BINS, PIXEL_BINS, type HealthScale } from './health-scale.ts';

export type HealthSide = NonNullable<z.infer<typeof healthSchema>['synthetic']>;

const GAZE_BIN_DEG = 5;
const MOST_SIZES = 12;
const PAGE_IMAGES = 10_000;
const MOST_LABELLED = 2_000;

/** What is counted over all images of a domain that are in use; undefined where there is none. */
export async function countSide(
  library: Library,
  role: DatasetRole,
  scale: HealthScale,
  signal: AbortSignal,
): Promise<Omit<HealthSide, 'pixels' | 'sharpness'> | undefined> {
  const datasets = library.datasets.list().filter((dataset) => dataset.role === role);
  const ofRole = new Set(datasets.map(({ id }) => id));
  /** Millimetres are not counted with grey levels. */
  const counted = new Set(
    datasets.filter(({ depth }) => (depth === null) === (scale.unit === 'grey')).map(({ id }) => id),
  );
  const intensity = new Array<number>(IMAGE_BINS).fill(0);
  const contrast = new Array<number>(IMAGE_BINS).fill(0);
  const sizes = new Map<string, HealthSide['sizes'][number]>();
  const directions: { yawDeg: number; pitchDeg: number }[] = [];
  let [images, duplicates] = [0, 0];
  const count = (facts: ImageFacts): void => {
    const { greyMean, greyDeviation, widthPx, heightPx, yawRad, pitchRad } = facts;
    images += 1;
    duplicates += facts.duplicate;
    if (counted.has(facts.datasetId)) {
      intensity[binOf(greyMean ?? 0, scale.intensity, IMAGE_BINS)] += 1;
      contrast[binOf(greyDeviation ?? 0, scale.contrast, IMAGE_BINS)] += 1;
    }
    const key = `${widthPx}×${heightPx}`;
    const size = sizes.get(key) ?? { widthPx: widthPx ?? 0, heightPx: heightPx ?? 0, count: 0 };
    sizes.set(key, { ...size, count: size.count + 1 });
    if (yawRad !== null && pitchRad !== null) {
      directions.push({ yawDeg: degrees(yawRad), pitchDeg: degrees(pitchRad) });
    }
  };
  for (let after = 0; ;) {
    const page = library.imageSearch.facts(after, PAGE_IMAGES);
    for (const facts of page) {
      if (ofRole.has(facts.datasetId) && facts.excluded + facts.missing === 0) count(facts);
    }
    await takeTurn(signal);
    if (page.length < PAGE_IMAGES) break;
    after = page[page.length - 1].id;
  }
  if (images === 0) return undefined;
  return {
    images,
    intensity,
    contrast,
    sizes: [...sizes.values()].sort((left, right) => right.count - left.count).slice(0, MOST_SIZES),
    gaze: gazeGrid(directions),
    joints: jointsOf(library, role),
    duplicates,
  };
}

/** What is measured on the pixels of a sample. */
export function measurePixels(
  batch: ImageBatch,
  scale: HealthScale,
): Pick<HealthSide, 'pixels' | 'sharpness'> {
  const pixels = new Array<number>(PIXEL_BINS).fill(0);
  const variances: number[] = [];
  const perLevel = (PIXEL_BINS * scale.pixels.width) / (2 * GREY_LEVELS_PER_UNIT + 1);
  for (let index = 0; index < batch.count; index++) {
    const plane = greyPlane(batch, index);
    for (const level of plane) {
      // Of depth, what was not measured or lies behind the window.
      if (scale.unit === 'mm' && level === 0) continue;
      pixels[binOf(scale.pixels.from + level * perLevel, scale.pixels, PIXEL_BINS)] += 1;
    }
    variances.push(laplacianVariance(plane, batch.widthPx, batch.heightPx));
  }
  const sharpness =
    variances.length === 0
      ? null
      : { median: median(variances), p10: quantile(variances, 0.1), p90: quantile(variances, 0.9) };
  return { pixels, sharpness };
}

/** Variance of the four-neighbour Laplacian over the inner pixels (Pech-Pacheco et al. 2000): low is blurred. */
export function laplacianVariance(plane: Float32Array, widthPx: number, heightPx: number): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < heightPx - 1; y++) {
    for (let x = 1; x < widthPx - 1; x++) {
      const at = y * widthPx + x;
      const value = plane[at - 1] + plane[at + 1] + plane[at - widthPx] + plane[at + widthPx] - 4 * plane[at];
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  return count === 0 ? 0 : Math.max(0, squares / count - (sum / count) ** 2);
}

function gazeGrid(directions: readonly { yawDeg: number; pitchDeg: number }[]): HealthSide['gaze'] {
  if (directions.length === 0) return null;
  const from = (values: readonly number[]): number =>
    Math.floor(values.reduce((least, value) => Math.min(least, value), Infinity) / GAZE_BIN_DEG) *
    GAZE_BIN_DEG;
  const yawFromDeg = from(directions.map(({ yawDeg }) => yawDeg));
  const pitchFromDeg = from(directions.map(({ pitchDeg }) => pitchDeg));
  const places = directions.map(({ yawDeg, pitchDeg }) => ({
    column: Math.floor((yawDeg - yawFromDeg) / GAZE_BIN_DEG),
    row: Math.floor((pitchDeg - pitchFromDeg) / GAZE_BIN_DEG),
  }));
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);
  const columns = most(places.map(({ column }) => column)) + 1;
  const rows = most(places.map(({ row }) => row)) + 1;
  const counts = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  for (const { row, column } of places) counts[row][column] += 1;
  return { yawFromDeg, pitchFromDeg, binDeg: GAZE_BIN_DEG, counts };
}

/** Of up to 2,000 images with keypoints, in the layout that the first of them has. */
function jointsOf(library: Library, role: DatasetRole): HealthSide['joints'] {
  const { images } = library.imageSearch.page(
    { role, annotationKind: 'keypoints', excluded: false, missing: false },
    { limit: MOST_LABELLED },
  );
  const labels = images.flatMap((image) =>
    image.annotations.flatMap(({ annotation }) =>
      annotation.kind === 'keypoints' ? [{ ...annotation, used: usedPart(image) }] : [],
    ),
  );
  const layout = labels.at(0)?.layout;
  if (layout === undefined) return [];
  const alike = labels.filter((label) => label.layout === layout);
  return keypointLayout(layout, alike[0].points.length).names.map((name, index) => {
    const points = alike.flatMap(({ points: all, used }) => {
      const point = all.at(index);
      return point && point.visibility > 0 ? [{ ...point, used }] : [];
    });
    const visible = points.filter(({ visibility }) => visibility === 2).length;
    return {
      name,
      visibleShare: visible / alike.length,
      hiddenShare: (points.length - visible) / alike.length,
      across: middleOf(points.map(({ x, used }) => (x - used.x) / used.width)),
      down: middleOf(points.map(({ y, used }) => (y - used.y) / used.height)),
    };
  });
}

function usedPart({ crop, widthPx, heightPx }: Image): Box {
  return crop ?? { x: 0, y: 0, width: widthPx, height: heightPx };
}

/** Between these lie nine of ten. */
function middleOf(values: readonly number[]): [number, number] | null {
  return values.length === 0 ? null : [quantile(values, 0.05), quantile(values, 0.95)];
}

function binOf(value: number, { from, width }: HealthScale['pixels'], bins: number): number {
  return Math.max(0, Math.min(bins - 1, Math.floor((value - from) / width)));
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;
