import type { TrainingCommand } from '../../core/contract/training-command.ts';
import type { TrainingConfig } from '../../core/contract/training-config.ts';
import { readCheckpoint, type LoadedCheckpoint, type SavedCheckpoint } from '../../core/simgan/checkpoint.ts';
import type { BatchSource } from '../../core/simgan/data.ts';
import type { GuardFinding } from '../../core/simgan/guards.ts';
import type { HistoryBits, HistoryEntry } from '../../core/simgan/history-buffer.ts';
import { train } from '../../core/simgan/train.ts';
import type { Inspector, TrainingResult } from '../../core/simgan/training-job.ts';
import { createNoiseSource } from './batches.ts';
import { noiseImages } from './cases.ts';

/** All that a training told, in order. */
export interface TrainingRecord {
  /** Steps of the finished pieces of work. */
  readonly steps: number[];
  /** Without the times, which differ from run to run. */
  readonly metrics: { readonly step: number; readonly values: Readonly<Record<string, number>> }[];
  readonly history: HistoryEntry[];
  readonly previews: { readonly step: number; readonly refined: Float32Array }[];
  readonly checkpoints: { readonly step: number; readonly saved: SavedCheckpoint }[];
  readonly paused: boolean[];
  readonly guards: GuardFinding[];
  readonly changes: { readonly step: number; readonly config: TrainingConfig }[];
}

export interface NoiseTraining {
  readonly runFolder: string;
  readonly historyBits?: HistoryBits;
  readonly resume?: LoadedCheckpoint;
  /** Called at every step border, and again while training is paused, with what was told so far. */
  readonly command?: (record: TrainingRecord) => TrainingCommand | undefined;
  /** Called between the updates of a step: whether there is a command to give the step up for. */
  readonly isCalled?: (record: TrainingRecord) => boolean;
  readonly inspector?: Inspector;
  /** Stands in for the real images. */
  readonly real?: BatchSource;
  readonly lost?: Promise<string>;
}

/** A real training on seeded noise, on the engine that is open, with a record of what it told. */
export async function trainOnNoise(
  config: TrainingConfig,
  { runFolder, historyBits = 8, resume, command, isCalled, inspector, real, lost }: NoiseTraining,
): Promise<{ readonly record: TrainingRecord; readonly ended: Promise<TrainingResult> }> {
  const record: TrainingRecord = {
    steps: [],
    metrics: [],
    history: [],
    previews: [],
    checkpoints: [],
    paused: [],
    guards: [],
    changes: [],
  };
  const ended = train(
    {
      config,
      openSources: (checkpoint) => ({
        synthetic: createNoiseSource(config, 'synthetic', checkpoint?.state.synthetic),
        real: real ?? createNoiseSource(config, 'real', checkpoint?.state.real),
      }),
      historyBits,
      origin: { program: 'test', synthetic: 'noise', real: 'noise' },
      runFolder,
      strip: noiseImages(config, config.previewSamples, 'strip'),
      ...(inspector ? { inspector } : {}),
      ...(resume ? { resume } : {}),
      ...(lost ? { lost } : {}),
    },
    {
      onPlace: ({ step }) => record.steps.push(step),
      onMetrics(step, values) {
        const untimed = Object.entries(values).filter(([name]) => !name.startsWith('time.'));
        record.metrics.push({ step, values: Object.fromEntries(untimed) });
      },
      onHistory: (entries) => record.history.push(...entries),
      onPreview: ({ step, refined }) => void record.previews.push({ step, refined }),
      onCheckpoint: (step, saved) => record.checkpoints.push({ step, saved }),
      onGuard: (_step, finding) => record.guards.push(finding),
      onPaused: (_step, paused) => record.paused.push(paused),
      onChange: (step, changed) => record.changes.push({ step, config: changed }),
    },
    { take: () => command?.(record), isWaiting: () => isCalled?.(record) ?? false },
  );
  // Whoever awaits it hears of its failure; until then it is nobody's fault.
  await ended.catch(() => undefined);
  return { record, ended };
}

/** The last checkpoint that a training told of. */
export async function lastCheckpoint({ checkpoints }: TrainingRecord): Promise<LoadedCheckpoint> {
  const last = checkpoints.at(-1);
  if (!last) throw new Error('There is no checkpoint.');
  return await readCheckpoint(last.saved.path);
}
