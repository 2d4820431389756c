import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { listEngines } from '../../core/engine/choose-engine.ts';
import { presets } from '../../core/simgan/presets.ts';
import { countArithmetic } from './training/arithmetic.ts';
import { startContestant } from './training/contestant.ts';
import { median, speedRatio, spread } from './training/numbers.ts';
import { prepare } from './training/prepare.ts';
import { peersFolder, peersPython } from './training/python.ts';

/**
 * The engine `webgpu` against PyTorch eager in float32 (TF32 off) on the same card: `npm run bench -- gpu`. Needs a card
 * that both can use, and no network. Where there is none it says what it would do.
 */
const REPETITIONS = 20;
const LEAST_RATIO = 0.5;
const SIMULATED = /swiftshader|llvmpipe|CPU/i;

const webgpu = (await listEngines()).find(({ name }) => name === 'webgpu');
const missing = gpuAbsence();
if (missing !== undefined) {
  console.log(`There is no GPU to measure on: ${missing}
On one, this script would give the networks of "paper-eye" and a batch of 512 to the engine "webgpu" and to PyTorch in
float32 without TF32, check that both find the same loss, ask both for ${REPETITIONS} refiner updates in turn, and say how
often webgpu is as fast (aim: ≥ ${LEAST_RATIO}) and what share of the measured peak, a matrix product, each reaches.`);
} else {
  await measure();
}

function gpuAbsence(): string | undefined {
  if (webgpu?.state === 'missing') return webgpu.reason;
  if (webgpu?.state !== 'works') return 'the engine "webgpu" computes wrongly here.';
  return SIMULATED.test(webgpu.device) ? `"${webgpu.device}" is simulated on the processor.` : undefined;
}

async function measure(): Promise<void> {
  const preset = presets.find(({ name }) => name === 'paper-eye');
  if (!preset) throw new Error('There is no preset "paper-eye".');
  // A rate that leaves the weights where they are: every repetition does the same work.
  const config = { ...preset.config, batchSize: 512, refinerLearningRate: 1e-9 };
  const folder = mkdtempSync(join(tmpdir(), 'simgan-gpu-'));
  try {
    await prepare(folder, config, 640, 8);
    const worker = join(import.meta.dirname, 'training/worker.ts');
    const ours = startContestant('webgpu', [process.execPath, worker, 'webgpu', folder, '1']);
    const theirs = startContestant('PyTorch', [peersPython(), join(peersFolder, 'gpu.py'), folder]);
    const greeting = await theirs.greeting(
      z.union([z.object({ absence: z.string() }), z.object({ device: z.string(), version: z.string() })]),
    );
    if ('absence' in greeting) throw new Error(greeting.absence);
    const checked = await ours.ask('check', z.object({ loss: z.number(), version: z.string() }));
    const timed = z.object({ ms: z.number(), loss: z.number().optional() });
    const [ourMs, theirMs]: number[][] = [[], []];
    for (let repetition = 0; repetition <= REPETITIONS; repetition++) {
      const [one, other] = [await ours.ask('update', timed), await theirs.ask('update', timed)];
      if (!(Math.abs((other.loss ?? NaN) / checked.loss - 1) < 1e-4))
        throw new Error('PyTorch does other work.');
      if (repetition === 0) continue;
      ourMs.push(one.ms);
      theirMs.push(other.ms);
    }
    const peak = z.object({ gflops: z.number() });
    const gigaOperations = (countArithmetic(config).refinerUpdate * config.batchSize) / 1e9;
    const line = async (contestant: typeof ours, times: readonly number[], device: string): Promise<void> => {
      const { gflops } = await contestant.ask('peak', peak);
      const rate = (gigaOperations * 1000) / median(times);
      console.log(
        `${contestant.name}: ${spread(times, 1)} ms = ${rate.toFixed(0)} GFLOP/s, ${((rate * 100) / gflops).toFixed(0)} % of a peak of ${gflops.toFixed(0)}; ${device}`,
      );
    };
    console.log(
      `A refiner update, batch ${config.batchSize}: ${gigaOperations.toFixed(0)} GFLOP, load ${loadavg()[0].toFixed(1)}`,
    );
    await line(ours, ourMs, checked.version);
    await line(theirs, theirMs, `${greeting.version}, ${greeting.device}`);
    const ratios = speedRatio(ourMs, theirMs);
    const reached = median(ratios) >= LEAST_RATIO ? 'reached' : 'not reached';
    console.log(`webgpu / PyTorch eager: ${spread(ratios, 2)}, aim ≥ ${LEAST_RATIO}: ${reached}`);
    ours.end();
    theirs.end();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
