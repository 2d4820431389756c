import type { Preprocessing } from '../../contract/preprocessing.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { Library } from '../../library/library.ts';
import type { Preflight } from './preflight.ts';
import type { TrainingRequest } from './training-run.ts';

export type PreflightCheck = Preflight['checks'][number];

/** With fewer real images the discriminator learns them by heart. */
const FEW_REAL = 100;
const FEW_SYNTHETIC = 200;

/** Images that are looked at for their size. */
const SAMPLED_IMAGES = 200;

/** Whether the datasets of a training fit it. */
export function checkData(library: Library, request: TrainingRequest): PreflightCheck[] {
  const { config, synthetic, real, preprocessing, name } = request;
  const checks = [
    checkCount(library, synthetic, undefined, config.batchSize, FEW_SYNTHETIC),
    checkCount(library, real, 'train', config.batchSize, FEW_REAL),
    checkLabels(library, synthetic),
    ...checkSize(library, synthetic, preprocessing),
    ...checkSize(library, real, preprocessing),
  ];
  if (name !== undefined && library.runs.byName(name)) {
    checks.unshift({
      level: 'problem',
      text: `There is a run named "${name}" already.`,
      remedy: 'Choose another name.',
    });
  }
  return checks;
}

function checkCount(
  library: Library,
  dataset: Dataset,
  split: 'train' | undefined,
  batchSize: number,
  few: number,
): PreflightCheck {
  const usable = library.imageSearch
    .counts()
    .filter((count) => count.datasetId === dataset.id && (split === undefined || count.split === split))
    .reduce((sum, { inUse }) => sum + inUse, 0);
  const text = `"${dataset.name}" has ${usable} images for training.`;
  if (usable < batchSize) {
    return {
      level: 'problem',
      text: `${text} A batch of ${batchSize} is larger.`,
      remedy: `Set the batch size to ${Math.max(2, usable - (usable % 2))} or less, or import more images.`,
    };
  }
  if (usable >= few) return { level: 'good', text, remedy: '' };
  return {
    level: 'warning',
    text: `${text} That is little: networks learn so few by heart.`,
    remedy: `Import ${few} or more.`,
  };
}

function checkLabels(library: Library, dataset: Dataset): PreflightCheck {
  const counts = library.imageSearch.counts().filter(({ datasetId }) => datasetId === dataset.id);
  const sum = (pick: (count: (typeof counts)[number]) => number): number =>
    counts.reduce((total, count) => total + pick(count), 0);
  const [gaze, keypoints, categories] = [
    sum(({ withGaze }) => withGaze),
    sum(({ withKeypoints }) => withKeypoints),
    sum(({ withCategory }) => withCategory),
  ];
  if (gaze + keypoints + categories === 0) {
    return {
      level: 'warning',
      text: `"${dataset.name}" has no labels: there is nothing that refining could keep true.`,
      remedy: 'Import it with its labels.',
    };
  }
  const how =
    keypoints > 0
      ? 'a small network that finds the keypoints watches them while it trains'
      : 'movement of structure is watched while it trains';
  const kinds = [
    [gaze, 'gaze'],
    [keypoints, 'keypoints'],
    [categories, 'categories'],
  ].flatMap(([count, kind]) => (count === 0 ? [] : [kind]));
  return { level: 'good', text: `Labels: ${kinds.join(', ')}; ${how}.`, remedy: '' };
}

/** What is enlarged has no detail to learn from. */
function checkSize(
  library: Library,
  dataset: Dataset,
  { widthPx, heightPx }: Preprocessing,
): PreflightCheck[] {
  let looked = 0;
  let small = 0;
  for (const image of library.images.ofDataset(dataset.id, { pageSize: SAMPLED_IMAGES })) {
    const { width, height } = image.crop ?? { width: image.widthPx, height: image.heightPx };
    if (width < widthPx || height < heightPx) small += 1;
    looked += 1;
    if (looked >= SAMPLED_IMAGES) break;
  }
  if (small === 0) return [];
  return [
    {
      level: 'warning',
      text: `${small === looked ? 'All' : `${small} of ${looked}`} images of "${dataset.name}" are smaller than ${widthPx}×${heightPx} and would be enlarged.`,
      remedy: 'Train at a smaller size, or import larger images.',
    },
  ];
}
