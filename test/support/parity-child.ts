import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { StudioError, messageOf } from '../../core/base/studio-error.ts';
import type { EngineName } from '../../core/engine/engine-names.ts';
import { openEngine, type Engine } from '../../core/engine/engine.ts';
import { createNoiseSource } from '../reference/batches.ts';
import { presetNamed, referenceCases } from '../reference/cases.ts';
import {
  measureLosses,
  measureRun,
  parityRuns,
  type LossErrors,
  type RunErrors,
} from '../reference/engine-parity.ts';
import { trainOnNoise } from '../reference/training.ts';

/** What one engine was found to compute, or why it is not there. */
export type EngineParity =
  | { readonly absence: string }
  | {
      readonly absence?: undefined;
      readonly device: string;
      readonly deterministic: boolean;
      readonly losses: readonly (LossErrors & { readonly name: string })[];
      readonly runs: readonly (RunErrors & { readonly name: string })[];
      /** Fingerprint of the first run, made once more. */
      readonly again: string;
      /** Tensors that are left when everything is over. */
      readonly leaked: number;
      /** Only where a device can be taken away. */
      readonly loss?: DeviceLoss;
    };

/** What came of a training whose device was destroyed in mid-step. */
export interface DeviceLoss {
  readonly code: string;
  readonly message: string;
  readonly steps: readonly number[];
  readonly checkpoints: readonly number[];
}

async function measure(name: EngineName): Promise<EngineParity> {
  let engine: Engine;
  try {
    engine = await openEngine(name);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { absence: messageOf(error) };
  }
  const folder = await mkdtemp(join(tmpdir(), 'simgan-parity-'));
  try {
    const before = tf.memory().numTensors;
    const losses = [];
    for (const { name: title, config } of referenceCases) {
      losses.push({ name: title, ...(await measureLosses(config)) });
    }
    const runs = [];
    for (const [index, { name: title, config }] of runsOn(name).entries()) {
      runs.push({ name: title, ...(await measureRun(config, join(folder, `run-${index}`))) });
    }
    const again = (await measureRun(parityRuns[0].config, join(folder, 'again'))).fingerprint;
    const { device, deterministic } = engine;
    const leaked = tf.memory().numTensors - before;
    const loss = name === 'webgpu' ? await loseDevice(engine, join(folder, 'lost')) : undefined;
    return { device, deterministic, losses, runs, again, leaked, ...(loss ? { loss } : {}) };
  } finally {
    engine.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A GPU that is simulated on the processor takes seconds for each; there one run per optimizer must do. */
function runsOn(name: EngineName): typeof parityRuns {
  const skipped = ['sgd, history off', 'momentum, history on', 'adam, history off'];
  return name === 'webgpu' ? parityRuns.filter((run) => !skipped.includes(run.name)) : parityRuns;
}

/** Takes the device away while the batches of the fourth step are read. */
async function loseDevice(engine: Engine, runFolder: string): Promise<DeviceLoss> {
  const config = {
    ...presetNamed('test'),
    ...{ widthPx: 13, heightPx: 9, steps: 8, metricsEvery: 100, checkpointEvery: 2 },
    ...{ refinerPretrainSteps: 0, discriminatorPretrainSteps: 0 },
  };
  const source = createNoiseSource(config, 'real');
  const { device } = tf.backend() as unknown as { device: { destroy(): void } };
  let taken = 0;
  const real = {
    ...source,
    next() {
      if (++taken === 4) device.destroy();
      return source.next();
    },
  };
  const { record, ended } = await trainOnNoise(config, { runFolder, real, lost: engine.lost });
  const error = await ended.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StudioError))
    throw new Error('Training went on without a device.', { cause: error });
  return {
    code: error.code,
    message: error.message,
    steps: record.steps,
    checkpoints: record.checkpoints.map(({ step }) => step),
  };
}

// Started by engine-process.ts with the engine's name.
const parity = await measure(process.argv[2] as EngineName);
process.send?.(parity, () => process.disconnect());
