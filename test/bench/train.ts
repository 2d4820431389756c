import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ENGINE_NAMES } from '../../core/engine/engine-names.ts';
import { WORKER_FLAGS } from '../../core/jobs/fork-launcher.ts';
import { presets } from '../../core/simgan/presets.ts';
import { countArithmetic } from './training/arithmetic.ts';
import { startContestant, type Contestant } from './training/contestant.ts';
import { goalsTable, type Measurements } from './training/goals.ts';
import { measureMemory } from './training/memory.ts';
import { median, spread } from './training/numbers.ts';
import { prepare } from './training/prepare.ts';
import { peersFolder, peersPython } from './training/python.ts';
import { largestDifference } from './training/same-work.ts';

/**
 * Training against its peers: `npm run bench -- train [--engine NAME …] [--peers] [--repetitions 7] [--images 1000]
 * [--memory-steps 5000] [--threads 2]`. All contestants get the same networks and the same batch, must agree on the loss
 * and every gradient, and are then asked in turn, so that what else runs on the machine slows all of them alike.
 */
const { values: flags } = parseArgs({
  options: {
    engine: { type: 'string', multiple: true, default: ['tensorflow', 'wasm'] },
    peers: { type: 'boolean', default: false },
    repetitions: { type: 'string', default: '7' },
    images: { type: 'string', default: '1000' },
    'memory-steps': { type: 'string', default: '5000' },
    threads: { type: 'string', default: '2' },
  },
});
const engines = z.array(z.enum(ENGINE_NAMES)).parse(flags.engine);
const repetitions = Number(flags.repetitions);
const preset = presets.find(({ name }) => name === 'paper-eye');
if (!preset) throw new Error('There is no preset "paper-eye".');
// A rate that leaves the weights where they are: every repetition does the same work.
const config = {
  ...preset.config,
  batchSize: 32,
  refinerLearningRate: 1e-9,
  discriminatorLearningRate: 1e-9,
};

const TORCH_REFINES = 'PyTorch, DataLoader';

const say = (text: string): void => console.log(text);
const line = (what: string, value: string): void => say(`  ${what.padEnd(44)} ${value}`);
const load = (): string => `load ${loadavg()[0].toFixed(1)}`;

const checked = z.object({ loss: z.number(), gradients: z.string(), version: z.string() });
const timed = z.object({ ms: z.number() });
const refined = z.object({ seconds: z.number(), count: z.number(), refineSeconds: z.number().optional() });

const folder = mkdtempSync(join(tmpdir(), 'simgan-bench-'));
const contestants: Contestant[] = [];
try {
  const packSecondsPerImage = await prepare(folder, config, Number(flags.images), Number(flags.threads));
  const ours = engines.map((name) =>
    startContestant(name, [
      process.execPath,
      ...WORKER_FLAGS,
      join(import.meta.dirname, 'training/worker.ts'),
      name,
      folder,
      flags.threads,
    ]),
  );
  const peers = flags.peers ? startPeers() : [];
  contestants.push(...ours, ...peers);

  say(`\nThe same work: loss and gradients of one refiner update (${load()})`);
  const first = await contestants[0].ask('check', checked);
  line(contestants[0].name, `loss ${first.loss.toPrecision(7)}; ${first.version}`);
  for (const contestant of contestants.slice(1)) {
    const answer = await contestant.ask('check', checked);
    const gradient = await largestDifference(answer.gradients, first.gradients);
    const loss = Math.abs(answer.loss / first.loss - 1);
    line(
      contestant.name,
      `loss ${answer.loss.toPrecision(7)}, gradients within ${gradient.toExponential(1)}; ${answer.version}`,
    );
    if (!(loss < 1e-4) || !(gradient < 1e-3)) throw new Error(`${contestant.name} does other work.`);
  }

  const updateMs = await inTurn(contestants, repetitions, async (contestant) => {
    return (await contestant.ask('update', timed)).ms;
  });
  const peaks = new Map<string, number>();
  for (const contestant of ours) {
    peaks.set(contestant.name, (await contestant.ask('peak', z.object({ gflops: z.number() }))).gflops);
  }
  const gigaOperations = (countArithmetic(config).refinerUpdate * config.batchSize) / 1e9;
  say(
    `\nA refiner update, batch ${config.batchSize}, ${flags.threads} threads: ${gigaOperations.toFixed(1)} GFLOP (${load()})`,
  );
  for (const [name, times] of updateMs) {
    const rate = (gigaOperations * 1000) / median(times);
    const peak = peaks.get(name);
    const share =
      peak === undefined ? '' : `, ${((rate * 100) / peak).toFixed(0)} % of its peak of ${peak.toFixed(0)}`;
    line(name, `${spread(times)} ms = ${rate.toFixed(1)} GFLOP/s${share}`);
  }

  const measurements: Measurements = {
    updateMs,
    refineSeconds: new Map(),
    waiting: new Map(),
    memoryGrowth: new Map(),
  };
  say(`\nOf a training step (paper-eye, batch ${config.batchSize}) spent waiting for data (${load()})`);
  for (const contestant of ours) {
    const { share, stepMs } = await contestant.ask(
      'data',
      z.object({ share: z.number(), stepMs: z.number() }),
    );
    measurements.waiting.set(contestant.name, share);
    line(contestant.name, `${(share * 100).toFixed(3)} % of ${stepMs.toFixed(0)} ms`);
  }

  for (const peer of peers) peer.end();
  const refiners = [...ours, ...(flags.peers ? [startRefiningPeer()] : [])];
  contestants.push(...refiners.slice(ours.length));
  const counts = new Map<string, number>();
  const refineSeconds = await inTurn(refiners, 3, async (contestant) => {
    const { seconds, count } = await contestant.ask('refine', refined);
    counts.set(contestant.name, count);
    // The program reads a folder once, when it is packed; the peer reads it every time.
    return contestant.name === TORCH_REFINES ? seconds : seconds + packSecondsPerImage * count;
  });
  say(`\nA folder of ${flags.images} PNG files: read, refine, write PNG (${load()})`);
  for (const [name, times] of refineSeconds) {
    measurements.refineSeconds.set(name, times);
    line(name, `${((counts.get(name) ?? 0) / median(times)).toFixed(1)} images/s (${spread(times, 1)} s)`);
  }

  const memorySteps = Number(flags['memory-steps']);
  if (memorySteps > 0) {
    say(`\nResident memory over ${memorySteps} steps of "test" (${load()})`);
    for (const contestant of ours) {
      const { tenths, growth } = await measureMemory(contestant, memorySteps);
      measurements.memoryGrowth.set(contestant.name, growth);
      line(contestant.name, `${tenths.map(({ resident }) => resident.toFixed(0)).join(', ')} MiB`);
    }
  }

  say(`\n${goalsTable(measurements, engines)}`);
} finally {
  for (const contestant of contestants) contestant.end();
  rmSync(folder, { recursive: true, force: true });
}

/** Asks everybody once and does not count it, then everybody again and again, one after the other. */
async function inTurn(
  all: readonly Contestant[],
  times: number,
  ask: (contestant: Contestant) => Promise<number>,
): Promise<Map<string, number[]>> {
  const results = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  for (let repetition = 0; repetition <= times; repetition++) {
    for (const contestant of all) {
      const result = await ask(contestant);
      if (repetition > 0) results.get(contestant.name)?.push(result);
    }
  }
  return results;
}

function startPeers(): Contestant[] {
  const python = peersPython();
  const environment = { OMP_NUM_THREADS: flags.threads };
  const torch = ['eager', 'channels-last', 'compile'].map((mode) =>
    startContestant(
      `PyTorch ${mode}`,
      [python, join(peersFolder, 'torch_step.py'), folder, mode, flags.threads],
      environment,
    ),
  );
  const keras = [python, join(peersFolder, 'keras_step.py'), folder, flags.threads];
  return [...torch, startContestant('Keras', keras, environment)];
}

function startRefiningPeer(): Contestant {
  const out = join(folder, 'refined-torch');
  const images = join(folder, 'bench.simgan/images/synthetic');
  return startContestant(
    TORCH_REFINES,
    [peersPython(), join(peersFolder, 'torch_refine.py'), folder, images, out, flags.threads],
    { OMP_NUM_THREADS: flags.threads },
  );
}
