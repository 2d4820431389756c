import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../core/base/random.ts';
import { gazeFromAngles, type Annotation } from '../../core/contract/annotation.ts';
import type { ImageFilter } from '../../core/library/image-filter.ts';
import type { NewImage } from '../../core/library/images.ts';
import { createLibrary, openLibrary, type Library } from '../../core/library/library.ts';
import { createImageIndex } from '../../core/studio/service/data/image-index.ts';

/**
 * Speed of the library: `node test/bench/library.ts`. What is promised: 100,000 images with annotations go in at
 * 20,000 rows/s or more and are counted, filtered and paged in under 50 ms; a curve of 1,000,000 steps opens in under
 * 100 ms; of 1,000,000 images any search is in order within a second, its properties are counted within half of one, and
 * a window of 200 is read in under 20 ms. Times of queries are the median of seven.
 */
const random = createRandom(1, 'library bench');
const workFolder = mkdtempSync(join(tmpdir(), 'library-bench-'));

function newImage(number: number, annotations: Annotation[]): NewImage {
  return {
    path: `f${String(number % 10).padStart(2, '0')}/${String(number).padStart(7, '0')}.png`,
    fileSha256: createHash('sha256').update(String(number)).digest('hex'),
    widthPx: 60,
    heightPx: 36,
    channels: 1,
    bitDepth: 8,
    crop: null,
    greyMean: random.range(40, 200),
    greyDeviation: random.range(10, 60),
    source: null,
    split: number % 5 === 0 ? 'test' : 'train',
    annotations,
  };
}

const gaze = (): Annotation => gazeFromAngles(random.range(-0.5, 0.5), random.range(-0.6, 0.6));

const hand = (): Annotation => ({
  kind: 'keypoints',
  layout: 'hand-21',
  points: Array.from({ length: 21 }, () => ({
    x: random.range(0, 224),
    y: random.range(0, 224),
    zMm: random.range(300, 900),
    visibility: random.uniform() < 0.8 ? 2 : 1,
  })),
});

function milliseconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const median = (times: number[]): number => times.sort((left, right) => left - right)[times.length >> 1];

function report(what: string, value: string): void {
  console.log(`${what.padEnd(64)} ${value.padStart(16)}`);
}

function reportTime(what: string, work: () => unknown): void {
  const times = Array.from({ length: 7 }, () => milliseconds(work));
  report(what, `${median(times).toFixed(1)} ms`);
}

function addImages(library: Library, name: string, count: number, label: () => Annotation): number {
  const dataset = library.datasets.add({
    name,
    role: 'synthetic',
    format: 'bench',
    rootPath: join(workFolder, name),
    copied: false,
    importOptions: {},
    keypointLayout: null,
  });
  let insertMs = 0;
  for (let first = 0; first < count; first += 1_000) {
    const batch = Array.from({ length: Math.min(1_000, count - first) }, (_, index) =>
      newImage(first + index, [label()]),
    );
    insertMs += milliseconds(() => library.images.add(dataset.id, batch));
  }
  report(`insert ${count} images, ${name}`, `${Math.round((count * 1000) / insertMs)} rows/s`);
  return dataset.id;
}

function searchImages(library: Library, datasetId: number): void {
  const everything: ImageFilter = { datasetIds: [datasetId] };
  const half: ImageFilter = {
    ...everything,
    ranges: { pitchRad: { from: 0 }, yawRad: { from: -0.3, to: 0.5 } },
  };
  const few: ImageFilter = { ...everything, ranges: { pitchRad: { from: 0.1, to: 0.11 } }, split: 'train' };
  const bright: ImageFilter = {
    ranges: { greyMean: { from: 150 }, greyDeviation: { to: 20 } },
    excluded: false,
  };
  for (const [name, filter] of Object.entries({ everything, half, few, bright })) {
    const found = library.imageSearch.count(filter);
    reportTime(`  count, ${name} (${found} found)`, () => library.imageSearch.count(filter));
    for (const by of ['id', 'path', 'pitchRad', 'greyMean'] as const) {
      const sort = { by, descending: by === 'greyMean' };
      reportTime(`  page of 100 by ${by}, ${name}`, () =>
        library.imageSearch.page(filter, { limit: 100, sort }),
      );
    }
  }
  reportTime('  histogram of yaw, half', () => library.imageSearch.histogram('yawRad', half, 32));
  reportTime('  count, text in path', () =>
    library.imageSearch.count({ ...everything, pathContains: '/0012' }),
  );
  reportTime('  counts of all datasets', () => library.imageSearch.counts());
}

function images(): void {
  using library = createLibrary(join(workFolder, 'images.simgan'));
  const eyes = addImages(library, '100,000 eyes with gaze', 100_000, gaze);
  searchImages(library, eyes);
  const hands = addImages(library, '100,000 hands with 21 keypoints', 100_000, hand);
  reportTime('  count, one joint visible', () =>
    library.imageSearch.count({ datasetIds: [hands], visibleJoint: 8 }),
  );
  reportTime('  read all 100,000 with labels', () => [...library.images.ofDataset(hands)].length);
}

async function manyImages(): Promise<void> {
  using library = createLibrary(join(workFolder, 'many.simgan'));
  const datasetId = addImages(library, '1,000,000 eyes with gaze', 1_000_000, gaze);
  searchImages(library, datasetId);
  await listImages(library, datasetId);
}

/** What the studio's grid asks for. */
async function listImages(library: Library, datasetId: number): Promise<void> {
  const index = createImageIndex(library);
  const timeOnce = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await work();
    report(what, `${(performance.now() - start).toFixed(1)} ms`);
  };
  await timeOnce('  read the index of all images', () => index.facets({ imageIds: [] }, 32));
  const everything: ImageFilter = {};
  const half: ImageFilter = { datasetIds: [datasetId], ranges: { pitchRad: { from: 0 } } };
  for (const [name, filter] of Object.entries({ everything, half })) {
    for (const by of ['id', 'path', 'pitchRad', 'greyMean'] as const) {
      await timeOnce(`  all ids by ${by}, ${name}`, () => index.sortedIds(filter, { by }));
      await timeOnce(`  all ids by ${by}, ${name}, again`, () => index.sortedIds(filter, { by }));
    }
    await timeOnce(`  count all properties, ${name}`, () => index.facets(filter, 32));
  }
  const ids = await index.sortedIds(everything, { by: 'yawRad' });
  let start = 0;
  reportTime('  window of 200 with labels, tags', () => {
    const page = [...ids.subarray(start, start + 200)];
    start += 100_000;
    return [library.images.getMany(page), library.tags.ofMany(page)];
  });
}

function metrics(): void {
  const folder = join(workFolder, 'metrics.simgan');
  const names = Array.from({ length: 20 }, (_, index) => `metric ${index}`);
  const stepCount = 1_000_000;
  {
    using library = createLibrary(folder);
    const run = library.runs.add({
      config: {},
      syntheticPackId: null,
      realPackId: null,
      totalSteps: stepCount,
    });
    let appendMs = 0;
    for (let first = 0; first < stepCount; first += 1_000) {
      const readings = Array.from({ length: 1_000 }, (_, index) => ({
        step: first + index,
        values: Object.fromEntries(names.map((name) => [name, random.uniform()])),
      }));
      appendMs += milliseconds(() => library.runMetrics.append(run.id, readings));
    }
    report('append 1,000,000 steps of 20 metrics', `${Math.round((stepCount * 1000) / appendMs)} steps/s`);
    const one = Array.from({ length: 200 }, (_, index) => ({
      step: stepCount + index,
      values: Object.fromEntries(names.map((name) => [name, random.uniform()])),
    }));
    const oneMs = milliseconds(() => one.forEach((reading) => library.runMetrics.append(run.id, [reading])));
    report('  append one step of 20 metrics', `${(oneMs / one.length).toFixed(2)} ms`);
    reportTime('  latest of all metrics', () => library.runMetrics.latest(run.id));
  }
  report(
    '  size of the database',
    `${(statSync(join(folder, 'library.sqlite')).size / 2 ** 20).toFixed(0)} MiB`,
  );
  reportTime('  open library, one curve of all steps in 2,000 points', () => {
    using library = openLibrary(folder, { access: 'read' });
    return library.runMetrics.series(1, 'metric 7').steps.length;
  });
}

function history(): void {
  const folder = join(workFolder, 'history.simgan');
  using library = createLibrary(folder);
  const run = library.runs.add({ config: {}, syntheticPackId: null, realPackId: null, totalSteps: 10_000 });
  const capacity = 12_800;
  const perStep = 256;
  const entered = new Int32Array(capacity).fill(-1);
  const order = random.shuffle(Int32Array.from({ length: capacity }, (_, slot) => slot));
  let appendMs = 0;
  for (let first = 1; first <= 10_000; first += 10) {
    const steps = Array.from({ length: 10 }, (_, index) => {
      const step = first + index;
      random.shuffle(order);
      const filling = (step - 1) * perStep < capacity;
      const entries = Array.from({ length: perStep }, (_unused, place) => {
        const slot = filling ? (step - 1) * perStep + place : order[place];
        const replaced = entered[slot];
        entered[slot] = step;
        return {
          slot,
          sourceImageId: random.integer(1_000_000),
          replacedStep: replaced < 0 ? null : replaced,
        };
      });
      return { step, entries };
    });
    appendMs += milliseconds(() => library.historyBuffer.append(run.id, steps));
  }
  report(
    'history buffer: append a step of 256 entries (10 per batch)',
    `${(appendMs / 10_000).toFixed(2)} ms`,
  );
  reportTime('  whole buffer of 12,800 at step 10,000', () => library.historyBuffer.atStep(run.id, 10_000));
}

try {
  images();
  metrics();
  history();
  await manyImages();
} finally {
  rmSync(workFolder, { recursive: true, force: true });
}
