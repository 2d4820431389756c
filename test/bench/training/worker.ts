import { cpSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { getHeapSpaceStatistics } from 'node:v8';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../../../core/contract/training-config.ts';
import { ENGINE_NAMES, type EngineName } from '../../../core/engine/engine-names.ts';
import { openEngine } from '../../../core/engine/engine.ts';
import { readSafeTensors, writeSafeTensors } from '../../../core/base/safetensors.ts';
import { openLibrary } from '../../../core/library/library.ts';
import { createSimGan, updateRefinerOnce } from '../../../core/simgan/algorithm-1.ts';
import { realismLoss, refinerLoss, selfRegularization } from '../../../core/simgan/losses.ts';
import { presets } from '../../../core/simgan/presets.ts';
import { exportRun } from '../../../core/studio/export/export-run.ts';
import { refineRun } from '../../../core/studio/refine/refinement.ts';
import { findDataset, preprocessingFor } from '../../../core/studio/training/training-data.ts';
import { startTraining } from '../../../core/studio/training/training-run.ts';
import type { MemorySample } from './memory.ts';
import { START_RUN } from './prepare.ts';

/**
 * One engine of the program as a contestant (see contestant.ts): worker.ts ENGINE FOLDER THREADS. Commands: check, update,
 * peak, data, refine, memory STEPS.
 */
const [name, folder, threads] = process.argv.slice(2);
const isEngineName = (text: string): text is EngineName => ENGINE_NAMES.some((known) => known === text);
if (!isEngineName(name)) throw new Error(`There is no engine ${name}.`);

const engine = await openEngine(name, { threads: Number(threads) });
const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as TrainingConfig;
const quiet = { signal: new AbortController().signal, onProgress: () => undefined, onNote: () => undefined };

/** The networks and the batch that all contestants have. */
async function loadStart() {
  const { tensors } = await readSafeTensors(join(folder, 'start.safetensors'));
  const valuesOf = (tensor: string): Float32Array => tensors.get(tensor)?.values as Float32Array;
  const gan = createSimGan(config);
  for (const { name: weight, variable } of [...gan.refiner.weights, ...gan.discriminator.weights]) {
    tf.tidy(() => variable.assign(tf.tensor(valuesOf(weight), variable.shape)));
  }
  const { batchSize, heightPx, widthPx, channels } = config;
  return { gan, batch: tf.tensor4d(valuesOf('batch'), [batchSize, heightPx, widthPx, channels]) };
}

const { gan, batch } = await loadStart();

async function check() {
  const { refiner, discriminator } = gan;
  const { value, grads } = tf.variableGrads(
    () => {
      const refined = refiner.apply(batch);
      const regularization = selfRegularization(refined, batch, config.psi);
      return refinerLoss(realismLoss(discriminator.apply(refined)), regularization, config);
    },
    refiner.weights.map(({ variable }) => variable),
  );
  const tensors = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const { name: weight, variable } of refiner.weights) {
    const gradient = grads[variable.name];
    tensors.set(weight, { shape: gradient.shape, values: await gradient.data<'float32'>() });
  }
  const [loss] = await value.data();
  tf.dispose([value, grads]);
  const gradients = join(folder, `gradients-${name}.safetensors`);
  await writeSafeTensors(gradients, { tensors, metadata: {} });
  return { loss, gradients, version: `${engine.version}, ${engine.device}` };
}

async function update() {
  const startMs = performance.now();
  updateRefinerOnce(gan, batch, {
    learningRate: config.refinerLearningRate,
    measure: false,
    adversarial: true,
  });
  // One value read back is what makes a GPU finish.
  await gan.refiner.weights[1].variable.data();
  return { ms: performance.now() - startMs };
}

/** The fastest of several plain matrix products. */
async function peak() {
  // A GPU needs more to be busy.
  const size = name === 'webgpu' ? 4096 : 1024;
  const square = tf.randomNormal<tf.Rank.R2>([size, size]);
  let bestMs = Infinity;
  for (let run = 0; run < 6; run++) {
    const startMs = performance.now();
    const corner = tf.tidy(() => tf.slice(tf.matMul(square, square), [0, 0], [1, 1]));
    await corner.data();
    bestMs = Math.min(bestMs, performance.now() - startMs);
    corner.dispose();
  }
  square.dispose();
  return { gflops: (2 * size ** 3) / bestMs / 1e6 };
}

/** Of real training steps from real packs, the share of the time that no batch was there. */
async function data() {
  const library = openLibrary(join(folder, 'bench.simgan'), { access: 'write' });
  const settings = { ...config, steps: 6, metricsEvery: 1, historyCapacity: 640 };
  const run = await startTraining(
    library,
    engine,
    {
      config: { ...settings, refinerPretrainSteps: 0, discriminatorPretrainSteps: 0, evaluationEvery: 0 },
      synthetic: findDataset(library, 'synthetic', undefined),
      real: findDataset(library, 'real', undefined),
      preprocessing: preprocessingFor(config, 'none', undefined),
    },
    quiet,
  );
  // The first step includes what is done once.
  const spent = (part: string): number =>
    library.runMetrics
      .series(run.id, `time.${part}`)
      .mean.slice(1)
      .reduce((sum, ms) => sum + ms, 0);
  const waited = spent('data');
  const total = waited + spent('refiner') + spent('discriminator') + spent('read');
  library.close();
  return { share: waited / total, stepMs: total / 5 };
}

/** Refines and exports the synthetic images of the first run, in a copy of the library. */
async function refine() {
  const copy = join(folder, `refine-${name}.simgan`);
  const out = join(folder, `refined-${name}`);
  for (const path of [copy, out]) rmSync(path, { recursive: true, force: true });
  cpSync(join(folder, 'bench.simgan'), copy, { recursive: true });
  const library = openLibrary(copy, { access: 'write' });
  const run = library.runs.byName(START_RUN);
  if (!run) throw new Error('The library of the benchmark has no run.');
  const checkpoint = library.checkpoints.latest(run.id);
  if (!checkpoint) throw new Error('The run of the benchmark has no checkpoint.');
  const startMs = performance.now();
  const { count } = await refineRun(library, run, checkpoint, quiet);
  const refinedMs = performance.now() - startMs;
  const request = {
    folder: out,
    formats: ['jsonl'],
    driftBudgetPx: undefined,
    includeUnverified: true,
  } as const;
  await exportRun(library, run, checkpoint, request, quiet);
  const seconds = (performance.now() - startMs) / 1000;
  library.close();
  if (readdirSync(out).length === 0) throw new Error('Nothing was exported.');
  return { seconds, refineSeconds: refinedMs / 1000, count };
}

/** In MiB. */
function measureNow(): MemorySample {
  const { rss, external } = process.memoryUsage();
  const mebibytes = (bytes: number): number => bytes / 2 ** 20;
  const committed = (isYoung: boolean): number =>
    getHeapSpaceStatistics()
      .filter(({ space_name: space }) => (space === 'new_space') === isYoung)
      .reduce((sum, { physical_space_size: bytes }) => sum + bytes, 0);
  return {
    resident: mebibytes(rss),
    young: mebibytes(committed(true)),
    old: mebibytes(committed(false)),
    external: mebibytes(external),
    tensors: tf.memory().numTensors,
  };
}

/** Memory over a long training of the smallest preset. */
async function memory(steps: number) {
  const preset = presets.find((candidate) => candidate.name === 'test');
  if (!preset) throw new Error('There is no preset "test".');
  const library = openLibrary(join(folder, 'bench.simgan'), { access: 'write' });
  const samples: MemorySample[] = [];
  const every = Math.max(1, Math.round(steps / 500));
  await startTraining(
    library,
    engine,
    {
      config: {
        ...preset.config,
        ...{ steps, metricsEvery: 10, previewEvery: 500, checkpointEvery: 500, evaluationEvery: 0 },
      },
      synthetic: findDataset(library, 'synthetic', undefined),
      real: findDataset(library, 'real', undefined),
      preprocessing: preprocessingFor(preset.config, 'none', undefined),
    },
    {
      ...quiet,
      onProgress({ done, unit }) {
        if (unit === 'steps' && done % every === 0) samples.push(measureNow());
      },
    },
  );
  library.close();
  return { samples };
}

const commands: Record<string, (argument: string) => Promise<unknown>> = {
  check,
  update,
  peak,
  data,
  refine,
  memory: (steps) => memory(Number(steps)),
};
for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument = ''] = line.trim().split(' ');
  console.log(JSON.stringify(await commands[command](argument)));
}
engine.dispose();
