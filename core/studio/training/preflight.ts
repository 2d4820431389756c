import { statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import type { z } from 'zod';
import type { ProgressListener } from '../../base/progress.ts';
import { StudioError } from '../../base/studio-error.ts';
import type { preflightSchema } from '../../contract/operations/runs.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Library } from '../../library/library.ts';
import { createSimGan, type SimGan } from '../../simgan/algorithm-1.ts';
import { discriminatorMap } from '../../simgan/discriminator-map.ts';
import { iterate } from '../../simgan/iteration.ts';
import { lossScale } from '../../simgan/losses.ts';
import { refineBatch } from '../../simgan/refine.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';
import type { HistoryBits } from '../../simgan/history-buffer.ts';
import { checkData, type PreflightCheck } from './preflight-data.ts';
import { openRunPacks, type RunPacks } from '../runs/runs.ts';
import type { TrainingHooks } from './execute-training.ts';
import { sourcesOf } from './run-sources.ts';
import { ensureRunPacks, type TrainingRequest } from './training-run.ts';

export type Preflight = z.infer<typeof preflightSchema>;

/** Real steps that are timed; the first one, in which kernels are compiled, does not count. */
const TIMED_STEPS = 20;

/** Images on each side of an evaluation. */
const EVALUATED_IMAGES = 256;
/** Of measuring them, on two cores. */
const INSPECTION_SECONDS = 0.5;

/** Of memory or disk: with less than this left over it is tight. */
const TIGHT_SHARE = 0.8;
const LONG_SECONDS = 12 * 3600;

interface PreflightOptions {
  readonly engineReason: string;
  readonly power: 'mains' | 'battery' | 'unknown';
}

/**
 * Looks at a training before it is started: whether its data fit, what it needs of memory and disk against what is
 * there, and how long it will take, by 20 real steps on its own images. The packs that are made stay, since the run
 * needs them; nothing else does.
 */
export async function checkBeforeTraining(
  library: Library,
  engine: Engine,
  request: TrainingRequest,
  { engineReason, power }: PreflightOptions,
  hooks: TrainingHooks,
): Promise<Preflight> {
  const { config } = request;
  const checks = [...checkData(library, request), ...checkNetworks(config), ...checkPower(power)];
  const { bavail, bsize } = await statfs(library.folder);
  const facts = {
    engine: `${engine.name} on ${engine.device}`,
    engineReason,
    memoryFreeBytes: freemem(),
    diskFreeBytes: bavail * bsize,
  };
  const nothing = { memoryBytes: 0, diskBytes: 0, secondsPerStep: 0, secondsTotal: 0 };
  if (checks.some(({ level }) => level === 'problem')) return { checks, ...facts, ...nothing };
  const left: string[] = [];
  const packIds = await ensureRunPacks(library, request, {
    ...hooks,
    onNote: (text) => void left.push(text),
  });
  checks.push(...checkLeftOut(left));
  const gan = createNetworks(config, checks);
  if (!gan) return { checks, ...facts, ...nothing };
  const data = await openRunPacks(library, packIds).catch((error: unknown) => {
    gan.dispose();
    throw error;
  });
  try {
    const measured = await timeSteps(gan, data, config, hooks);
    const needs = {
      memoryBytes: measured.memoryBytes,
      diskBytes: diskBytesOf(config, gan, bitsOf(data)),
      secondsPerStep: measured.secondsPerStep,
      secondsTotal: secondsOf(config, measured),
    };
    checks.push(
      ...checkRoom(
        'memory',
        needs.memoryBytes,
        facts.memoryFreeBytes,
        'Take a smaller batch or history buffer, or close other programs.',
      ),
    );
    checks.push(
      ...checkRoom(
        'disk space',
        needs.diskBytes,
        facts.diskFreeBytes,
        'Save checkpoints less often, or free some space.',
      ),
    );
    checks.push(...checkTime(needs.secondsTotal));
    return { checks, ...facts, ...needs };
  } finally {
    gan.dispose();
    await data.close();
  }
}

/** Undefined where this computer cannot hold them, with a word about it. */
function createNetworks(config: TrainingConfig, checks: PreflightCheck[]): SimGan | undefined {
  try {
    return createSimGan(config);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    checks.push({ level: 'problem', text: error.message, remedy: error.remedy });
    return undefined;
  }
}

const good = (text: string): PreflightCheck => ({ level: 'good', text, remedy: '' });

function checkNetworks(config: TrainingConfig): PreflightCheck[] {
  try {
    const { output, receptiveFieldPx } = discriminatorMap(config);
    const weight = Number(lossScale(config).effectiveLambda.toPrecision(3));
    return [
      good(
        `The discriminator judges ${output.width}×${output.height} patches of ${receptiveFieldPx} px; self-regularization weighs ${weight} times the realism loss per patch.`,
      ),
    ];
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return [{ level: 'problem', text: error.message, remedy: error.remedy }];
  }
}

function checkPower(power: PreflightOptions['power']): PreflightCheck[] {
  if (power === 'unknown') return [];
  return power === 'mains'
    ? [good('The computer is plugged in.')]
    : [
        {
          level: 'warning',
          text: 'The computer runs on its battery.',
          remedy: 'Plug it in; on battery it is slower and may fall asleep.',
        },
      ];
}

function checkLeftOut(left: readonly string[]): PreflightCheck[] {
  if (left.length === 0) return [];
  return [
    {
      level: 'warning',
      text: `${left.length} images cannot be read and are left out. ${left[0]}`,
      remedy: 'Check that the folder is where it was when it was imported.',
    },
  ];
}

function checkRoom(what: string, needed: number, free: number, remedy: string): PreflightCheck[] {
  const text = `It needs about ${sizeOf(needed)} of ${what}; ${sizeOf(free)} are free.`;
  if (needed > free) return [{ level: 'problem', text, remedy }];
  if (needed > TIGHT_SHARE * free) return [{ level: 'warning', text, remedy }];
  return [good(text)];
}

function checkTime(seconds: number): PreflightCheck[] {
  if (seconds <= LONG_SECONDS) return [];
  return [
    {
      level: 'warning',
      text: `It takes about ${Math.round(seconds / 3600)} hours.`,
      remedy: 'Try it with fewer steps or smaller networks first, or on a computer with a graphics card.',
    },
  ];
}

const sizeOf = (bytes: number): string =>
  bytes < 1e9 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

interface StepMeasurement {
  readonly secondsPerStep: number;
  readonly secondsPerRefinedImage: number;
  /** The most that this process held meanwhile, and what the history buffer will grow by. */
  readonly memoryBytes: number;
}

async function timeSteps(
  gan: SimGan,
  data: RunPacks,
  config: TrainingConfig,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<StepMeasurement> {
  const sources = sourcesOf(data, config, undefined);
  let startMs = 0;
  let mostBytes = 0;
  for (let step = 1; step <= TIMED_STEPS; step++) {
    signal.throwIfAborted();
    await iterate(gan, sources, { phase: 'adversarial', step }, step % config.metricsEvery === 0);
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
    if (step === 1) {
      await settled(gan);
      startMs = performance.now();
    }
    onProgress({ done: step, total: TIMED_STEPS, unit: 'steps', label: 'Timing real steps' });
  }
  await settled(gan);
  const secondsPerStep = (performance.now() - startMs) / 1000 / (TIMED_STEPS - 1);
  const { images, count } = await readBatch(data.syntheticPack, evenPlaces(data.syntheticPack.count, 32));
  const refiningMs = performance.now();
  await refineBatch(gan, images);
  return {
    secondsPerStep,
    secondsPerRefinedImage: (performance.now() - refiningMs) / 1000 / count,
    memoryBytes: mostBytes + historyBytesOf(config, bitsOf(data)),
  };
}

/** A graphics card works on after a step has returned: what it has to do is done when a weight is read. */
async function settled(gan: SimGan): Promise<void> {
  await gan.refiner.weights[0].variable.data();
  await gan.discriminator.weights[0].variable.data();
}

const bitsOf = ({ syntheticPack }: RunPacks): HistoryBits => syntheticPack.preprocessing.bitDepth;

/** The buffer keeps images at the bits of the pack. */
function historyBytesOf(
  { history, historyCapacity, widthPx, heightPx, channels }: TrainingConfig,
  bits: HistoryBits,
): number {
  return history ? (bits / 8) * historyCapacity * widthPx * heightPx * channels : 0;
}

/** Bytes that a value of the history buffer takes on disk, compressed without loss; more than measured on noisy images. */
const COMPRESSED_BYTES = { 8: 0.65, 16: 1.7 } as const;

/** Checkpoints with the images that came into the history buffer since the one before, and previews. */
function diskBytesOf(config: TrainingConfig, gan: SimGan, bits: HistoryBits): number {
  const { steps, checkpointEvery, previewEvery, previewSamples, widthPx, heightPx, channels } = config;
  const pixels = widthPx * heightPx * channels;
  const weights = gan.refiner.parameterCount + gan.discriminator.parameterCount;
  const moments = { sgd: 0, momentum: 1, adam: 2 }[config.optimizer];
  const checkpoints = Math.floor(steps / checkpointEvery) + 1;
  const entered = Math.min(config.historyCapacity, (config.batchSize / 2) * config.kd * checkpointEvery);
  const segment = config.history ? COMPRESSED_BYTES[bits] * entered * pixels : 0;
  const previews = (Math.floor(steps / previewEvery) + 1) * 5 * previewSamples * pixels;
  return checkpoints * (4 * weights * (1 + moments) + segment) + previews;
}

function secondsOf(config: TrainingConfig, measured: StepMeasurement): number {
  const { secondsPerStep, secondsPerRefinedImage } = measured;
  const { steps, kg, kd, evaluationEvery, previewEvery, previewSamples } = config;
  // A step of pre-training is one update of one network.
  const pretraining =
    ((config.refinerPretrainSteps + config.discriminatorPretrainSteps) * secondsPerStep) / (kg + kd);
  const evaluation = INSPECTION_SECONDS + EVALUATED_IMAGES * secondsPerRefinedImage;
  const evaluations = evaluationEvery > 0 ? Math.floor(steps / evaluationEvery) : 0;
  const previews = Math.floor(steps / previewEvery) * previewSamples * secondsPerRefinedImage;
  return pretraining + steps * secondsPerStep + evaluations * evaluation + previews;
}
