import { trainingConfigSchema, type TrainingConfig } from '../contract/training-config.ts';
import type { Library } from '../library/library.ts';
import type { LoadedCheckpoint } from '../simgan/checkpoint.ts';

/** Kind of the run events whose content are fields of the configuration that count from the next step on. */
export const CHANGE_EVENT = 'change';

/**
 * The configuration with which a run goes on from a checkpoint: the checkpoint's own, which knows of every change before
 * it, and what was changed at its step, which it may not know of: settings given when the run was resumed or branched.
 */
export function configAfter(
  library: Library,
  runId: number,
  checkpoint: Pick<LoadedCheckpoint, 'config' | 'step'>,
): TrainingConfig {
  const changes = library.runEvents
    .list(runId, CHANGE_EVENT)
    .filter(({ step }) => step === checkpoint.step)
    .map(({ content }) => content);
  return trainingConfigSchema.parse(Object.assign({}, checkpoint.config, ...changes));
}

/** The fields in which one configuration differs from another, with the values of the second. */
export function changedFields(from: TrainingConfig, to: TrainingConfig): Partial<TrainingConfig> {
  const before = new Map<string, unknown>(Object.entries(from));
  return Object.fromEntries(Object.entries(to).filter(([key, value]) => before.get(key) !== value));
}
