import type { z } from 'zod';
import { liveSettingsSchema } from '../../contract/training-command.ts';
import { trainingConfigSchema, type TrainingConfig } from '../../contract/training-config.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import type { LoadedCheckpoint } from '../../simgan/checkpoint.ts';

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

const branchSettingsSchema = liveSettingsSchema.extend({
  steps: trainingConfigSchema.shape.steps.optional(),
});

/** What a branch was given that its parent did not have at that step; nothing for a run of its own. */
export function settingsAtBranching(
  library: Library,
  { id, parent }: Pick<Run, 'id' | 'parent'>,
): z.infer<typeof branchSettingsSchema> {
  const first = library.runEvents.list(id, CHANGE_EVENT).find(({ step }) => step === parent?.step);
  // A whole configuration is that of a change on the way.
  const given = branchSettingsSchema.safeParse(first?.content ?? {});
  return given.success ? given.data : {};
}
