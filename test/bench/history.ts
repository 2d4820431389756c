import { readdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../core/base/random.ts';
import { openEngine } from '../../core/engine/engine.ts';
import type { HistoryStep } from '../../core/library/history-entries.ts';
import { createLibrary, openLibrary } from '../../core/library/library.ts';
import type { TrainingConfig } from '../../core/contract/training-config.ts';
import { createHistoryBuffer, signedHistoryPixels } from '../../core/simgan/history-buffer.ts';
import { readHistoryAt, writeHistorySegment } from '../../core/simgan/history-segments.ts';
import { presets } from '../../core/simgan/presets.ts';
import { indexRealImages } from '../../core/studio/previews/nearest-real.ts';
import { evenPlaces, readBatch } from '../../core/studio/data/pack-samples.ts';
import { writePreview } from '../../core/studio/previews/previews.ts';
import { openRunPacks } from '../../core/studio/runs/runs.ts';
import { simulateDataset } from '../../core/studio/data/simulation.ts';
import { preprocessingFor } from '../../core/studio/training/training-data.ts';
import { startTraining } from '../../core/studio/training/training-run.ts';

/**
 * What the record of the history buffer and the previews cost: `node test/bench/history.ts [preset] [steps]`. A real
 * training gives the time of a step; then the same entries are recorded again with nothing around them, and timed.
 */
const [presetName = 'eye-small', stepText = '200'] = process.argv.slice(2);
const preset = presets.find(({ name }) => name === presetName);
if (!preset) throw new Error(`There is no preset ${presetName}.`);
const config = { ...preset.config, steps: Number(stepText), evaluationEvery: 0 };
const { widthPx, heightPx } = config;
const PREVIEWS = 20;
/** Synthetic images that the paper's buffer is filled from. */
const SOURCES = 50_000;
/** Of both networks of the paper's eyes: 372,035 weights. */
const PAPER_WEIGHTS_BYTES = 4 * (296_129 + 75_906);

const folder = mkdtempSync(join(tmpdir(), 'history-bench-'));
const hooks = { signal: new AbortController().signal, onNote: () => undefined };
const line = (what: string, value: string): void => console.log(`${what.padEnd(56)} ${value.padStart(20)}`);
const share = (part: number, whole: number): string => `${((part * 100) / whole).toFixed(2)} %`;
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

async function milliseconds(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function bytesIn(path: string): number {
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}

interface Kept {
  readonly replaceMs: number;
  readonly segmentMs: number;
  readonly bytes: number;
  readonly entered: readonly HistoryStep[];
}

/** Time and disk of recording what entered, in a library with nothing else. */
async function recordEntries(
  name: string,
  config: TrainingConfig,
  steps: readonly HistoryStep[],
  stepsPerFlush: number,
): Promise<{ readonly ms: number; readonly bytes: number }> {
  const path = join(folder, `${name}.simgan`);
  const empty = createLibrary(path);
  const { id } = empty.runs.add({
    config,
    syntheticPackId: null,
    realPackId: null,
    totalSteps: config.steps,
  });
  empty.close();
  const database = join(path, 'library.sqlite');
  const emptyBytes = statSync(database).size;
  const library = openLibrary(path, { access: 'write' });
  let ms = 0;
  for (let start = 0; start < steps.length; start += stepsPerFlush) {
    const together = steps.slice(start, start + stepsPerFlush);
    ms += await milliseconds(() => library.historyBuffer.append(id, together));
  }
  library.close();
  return { ms, bytes: statSync(database).size - emptyBytes };
}

/** Time and disk of keeping refined images in the buffer and of its pixels with checkpoints, with nothing around it. */
async function keepPixels(
  { historyCapacity, batchSize, kd, checkpointEvery, ...layout }: TrainingConfig,
  pictures: Float32Array,
  steps: number,
  runFolder: string,
): Promise<Kept> {
  const valuesPerImage = layout.widthPx * layout.heightPx * layout.channels;
  const buffer = createHistoryBuffer(historyCapacity, valuesPerImage, 8);
  const random = createRandom(1, 'history bench');
  const half = batchSize / 2;
  const batch = new Float32Array(half * valuesPerImage);
  for (let at = 0; at < batch.length; at += pictures.length) {
    batch.set(pictures.subarray(0, Math.min(pictures.length, batch.length - at)), at);
  }
  const entered: HistoryStep[] = [];
  let [replaceMs, segmentMs] = [0, 0];
  for (let step = 1; step <= steps; step++) {
    const sources = Int32Array.from({ length: half }, () => 1 + random.integer(SOURCES));
    for (let update = 0; update < kd; update++) {
      replaceMs += await milliseconds(() => {
        const entries = buffer
          .replace(batch, sources, step, random)
          .map(({ slot, source, replacedStep = null }) => ({ slot, sourceImageId: source, replacedStep }));
        entered.push({ step, entries });
      });
    }
    if (step % checkpointEvery !== 0 && step !== steps) continue;
    segmentMs += await milliseconds(() => writeHistorySegment(runFolder, step, buffer.changes(), layout));
    buffer.markSaved();
  }
  return { replaceMs, segmentMs, entered, bytes: bytesIn(join(runFolder, 'history')) };
}

/** The eyes of the paper, by the preset's own cadences, with these pictures. */
async function paperSize(batchSize: number, pictures: Float32Array, checkpointBytes: number): Promise<void> {
  const paper = presets.find(({ name }) => name === 'paper-eye') ?? presets[0];
  const { checkpointEvery } = paper.config;
  const config = { ...paper.config, batchSize };
  const steps = 2 * checkpointEvery;
  const name = `paper ${batchSize}`;
  const { segmentMs, bytes, entered } = await keepPixels(config, pictures, steps, join(folder, name));
  const record = await recordEntries(name, config, entered, 1);
  // Two whole buffers where it is renewed between two checkpoints.
  const perCheckpoint = bytes / 2;
  line(`paper-eye, batch of ${batchSize}: pixels with a checkpoint`, kilobytes(perCheckpoint));
  line('  of 16-bit pixels as they are', share(bytes, entriesOf(config) * 2 * 2 * pixelsOf(config)));
  line('  time of a checkpoint', `${(segmentMs / 2).toFixed(0)} ms`);
  const run = 2 * checkpointBytes + bytes + record.bytes;
  line('  share of the run on disk', share(bytes, run));
  line('  record in SQLite', `${(record.bytes / steps).toFixed(0)} B/step`);
  line('    share of the run on disk', share(record.bytes, run));
}

const pixelsOf = (layout: TrainingConfig): number => layout.widthPx * layout.heightPx * layout.channels;

/** Images of the buffer that are new at a checkpoint, on average. */
function entriesOf({ historyCapacity, batchSize, checkpointEvery }: TrainingConfig): number {
  const entered = (batchSize / 2) * checkpointEvery;
  return entered < historyCapacity
    ? entered
    : historyCapacity * (1 - (1 - batchSize / 2 / historyCapacity) ** checkpointEvery);
}

try {
  const engine = await openEngine('tensorflow').catch(() => openEngine('wasm'));
  console.log(`${preset.name}, ${config.steps} steps, on ${engine.name}, ${engine.device}`);
  const library = createLibrary(join(folder, 'bench.simgan'));
  const subject = { subject: 'eye', count: 2200, widthPx, heightPx, seed: 1 } as const;
  const quiet = { ...hooks, onProgress: () => undefined };
  const synthetic = await simulateDataset(library, { ...subject, name: 'a', look: 'render' }, quiet);
  const real = await simulateDataset(library, { ...subject, name: 'b', look: 'camera' }, quiet);

  const stepTimesMs: number[] = [];
  let lastMs = 0;
  const request = { config, synthetic, real, preprocessing: preprocessingFor(config, 'none', undefined) };
  const run = await startTraining(library, engine, request, {
    ...hooks,
    onProgress({ unit }) {
      if (unit !== 'steps') return;
      const nowMs = performance.now();
      if (lastMs > 0) stepTimesMs.push(nowMs - lastMs);
      lastMs = nowMs;
    },
  });
  const trainingMs = stepTimesMs.reduce((sum, ms) => sum + ms, 0);
  const range = library.historyBuffer.range(run.id);
  if (!range) throw new Error('Nothing came into the buffer.');
  const steps = Array.from({ length: range.last - range.first + 1 }, (_, index) => ({
    step: range.first + index,
    entries: library.historyBuffer.entered(run.id, range.first + index),
  }));

  // The recorder writes once a second.
  const stepsPerFlush = Math.max(1, Math.round((1000 * steps.length) / trainingMs));
  const record = await recordEntries('copy', config, steps, stepsPerFlush);

  const kept = await readHistoryAt(library.runFolder(run.id), config.steps);
  const pictures = signedHistoryPixels(kept.pixels);
  const { replaceMs, segmentMs } = await keepPixels(config, pictures, steps.length, join(folder, 'run'));

  const packs = await openRunPacks(library, run);
  const startMs = performance.now();
  const nearestReal = await indexRealImages(packs.realPack);
  const indexMs = performance.now() - startMs;
  const strip = await readBatch(
    packs.syntheticPack,
    evenPlaces(packs.syntheticPack.count, config.previewSamples),
  );
  const findMs = await milliseconds(() => nearestReal.find(strip));
  const preview = {
    synthetic: strip.images,
    refined: strip.images,
    patchMaps: new Float32Array(strip.count * 63).fill(0.5),
    mapHeight: 7,
    mapWidth: 9,
  };
  const previewMs = await milliseconds(async () => {
    for (let step = 1; step <= PREVIEWS; step++) {
      await writePreview(library, run.id, config, nearestReal, { ...preview, step: 1_000_000 + step });
    }
  });
  const { count } = packs.realPack;
  await packs.close();

  const runFolder = library.runFolder(run.id);
  const [historyBytes, checkpointBytes] = ['history', 'checkpoints'].map((name) =>
    bytesIn(join(runFolder, name)),
  );
  library.close();
  engine.dispose();

  line('training', `${(trainingMs / steps.length).toFixed(1)} ms/step`);
  line('  images into the buffer (Algorithm 1 itself)', share(replaceMs, trainingMs));
  line('  record of entries in SQLite', share(record.ms, trainingMs));
  line('  pixels with checkpoints', share(segmentMs, trainingMs));
  console.log();
  line('entries', String(steps.reduce((sum, { entries }) => sum + entries.length, 0)));
  line('record in SQLite', `${(record.bytes / steps.length).toFixed(0)} B/step`);
  line('  share of the run on disk', share(record.bytes, record.bytes + historyBytes + checkpointBytes));
  line('checkpoints without the buffer', kilobytes(checkpointBytes));
  line('pixels of the buffer with checkpoints', kilobytes(historyBytes));
  line('  share of the run on disk', share(historyBytes, record.bytes + historyBytes + checkpointBytes));
  console.log();
  // Weights without moments, for the paper's optimizer has none.
  for (const batch of [32, 512]) await paperSize(batch, pictures, PAPER_WEIGHTS_BYTES);
  console.log();
  line(`index of real images (${Math.min(2000, count)}), once a run`, `${indexMs.toFixed(0)} ms`);
  line(`most similar of them for ${strip.count} samples`, `${findMs.toFixed(1)} ms`);
  line('a preview on disk, all five strips', `${(previewMs / PREVIEWS).toFixed(1)} ms`);
  line(
    `  share of the time, every ${config.previewEvery} steps`,
    share(previewMs / PREVIEWS, (trainingMs / steps.length) * config.previewEvery),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
