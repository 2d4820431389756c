import type { TrainingCommand } from '../contract/training-command.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import type { CheckpointOrigin, LoadedCheckpoint, SavedCheckpoint } from './checkpoint.ts';
import type { GuardFinding } from './guards.ts';
import type { HistoryBits, HistoryEntry } from './history-buffer.ts';
import type { DataSources } from './iteration.ts';
import type { RefinedBatch } from './refine.ts';
import type { Place } from './schedule.ts';

export interface TrainingCommands {
  /** The oldest command not yet taken. */
  take(): TrainingCommand | undefined;
  /** Whether there is one; it may say so a little late. Asked between any two convolutions. */
  isWaiting(): boolean;
}

/** The fixed strip, refined. Arrays are [samples, h, w, c] in [−1, 1] and [samples, h', w'] in [0, 1]. */
export interface Preview extends RefinedBatch {
  readonly step: number;
  readonly synthetic: Float32Array;
}

/** What an evaluation found. */
export interface Inspection {
  readonly metrics: Readonly<Record<string, number>>;
  /** What checkpoints are ranked by, higher is better; undefined where it could not be measured. */
  readonly score: number | undefined;
}

/** Measures refined images that were kept aside, at the evaluation cadence; training does not know how. */
export interface Inspector {
  /** Synthetic images kept aside, [n, h, w, c] in [−1, 1]. */
  readonly synthetic: Float32Array;
  /** Their refined versions, in the same order. */
  inspect(refined: Float32Array): Promise<Inspection>;
}

/** What training tells; it knows no interface and no database. */
export interface TrainingEvents {
  onPlace(place: Place, position: number, total: number): void;
  onMetrics(step: number, values: Readonly<Record<string, number>>): void;
  onHistory(entries: readonly HistoryEntry[]): void;
  onPreview(preview: Preview): Promise<void> | void;
  /** `inspection` where the checkpoint's own state was evaluated. */
  onCheckpoint(step: number, saved: SavedCheckpoint, inspection: Inspection | undefined): void;
  onGuard(step: number, finding: GuardFinding): void;
  onPaused(step: number, paused: boolean): void;
  /**
   * The configuration from the next step on. The checkpoint of this step follows at once (again, if it is there) with
   * it, so that a run that is resumed from it goes on as this one does.
   */
  onChange(step: number, config: TrainingConfig): void;
}

export interface TrainingJob {
  readonly config: TrainingConfig;
  /** The mini-batches from the start, or from where a checkpoint stood. */
  openSources(checkpoint: LoadedCheckpoint | undefined): DataSources;
  /** What its checkpoints say of where they come from. */
  readonly origin: CheckpointOrigin;
  /** Of a run that begins; one that goes on keeps those of its checkpoint. */
  readonly historyBits: HistoryBits;
  /** Folder for checkpoints and the history buffer. */
  readonly runFolder: string;
  /** Synthetic images of the fixed strip, [samples, h, w, c] in [−1, 1]. */
  readonly strip: Float32Array;
  readonly inspector?: Inspector;
  /** Goes on from here. */
  readonly resume?: LoadedCheckpoint;
  /** Settles with a reason when the device has failed; the step under way then ends the training. */
  readonly lost?: Promise<string>;
}

export interface TrainingResult {
  readonly outcome: 'done' | 'stopped' | 'cancelled';
  /** Last step whose state is saved. */
  readonly step: number;
  /** Why it stopped by itself, if it did. */
  readonly guard?: GuardFinding;
}
