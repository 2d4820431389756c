import type { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import { readSettings, readTrainingConfig, type SomeSettings } from '../../contract/config/read.ts';
import { CONFIG_VERSION } from '../../contract/config/migrations.ts';
import { liveSettingsSchema } from '../../contract/training-command.ts';
import { trainingConfigSchema, type TrainingConfig } from '../../contract/training-config.ts';
import type { Library } from '../../library/library.ts';
import type { RunEvent } from '../../library/run-events.ts';
import type { Run } from '../../library/runs.ts';
import type { LoadedCheckpoint } from '../../simgan/checkpoint.ts';

/** Kind of the run events whose content are settings that count from the next step on. */
export const CHANGE_EVENT = 'change';

type StoredRun = Pick<Run, 'name' | 'config'>;

/**
 * The configuration of a run, whichever version of the program recorded it.
 *
 * @throws StudioError naming the run where it cannot be used
 */
export function configOf({ name, config }: StoredRun): TrainingConfig {
  return readTrainingConfig(config, `The training config of ${name}`);
}

/** The same for lists, in which a run that cannot be read stands among the others: null, and why. */
export function tryConfigOf(
  run: StoredRun,
):
  | { readonly config: TrainingConfig; readonly configError: null }
  | { readonly config: null; readonly configError: string } {
  try {
    return { config: configOf(run), configError: null };
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { config: null, configError: `${error.message} ${error.remedy}` };
  }
}

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
    .map(readChange);
  return trainingConfigSchema.parse(Object.assign({}, checkpoint.config, ...changes));
}

/**
 * What a change event says.
 *
 * @throws StudioError where it cannot be used
 */
export function readChange({ step, content }: Pick<RunEvent, 'step' | 'content'>): SomeSettings {
  return readSettings(content, `The change of settings at step ${step}`);
}

/** The content of the event for a change from one configuration to another; undefined where they are the same. */
export function changeBetween(
  from: TrainingConfig,
  to: TrainingConfig,
): (Partial<TrainingConfig> & Pick<TrainingConfig, 'configVersion'>) | undefined {
  const before = new Map<string, unknown>(Object.entries(from));
  const changed = Object.entries(to).filter(([key, value]) => before.get(key) !== value);
  return changed.length === 0 ? undefined : { ...Object.fromEntries(changed), configVersion: CONFIG_VERSION };
}

const branchSettingsSchema = liveSettingsSchema.extend({
  steps: trainingConfigSchema.shape.steps.optional(),
});

/**
 * What a branch was given that its parent did not have at that step; nothing for a run of its own.
 *
 * @throws StudioError where it cannot be read
 */
export function settingsAtBranching(
  library: Library,
  { id, parent }: Pick<Run, 'id' | 'parent'>,
): z.infer<typeof branchSettingsSchema> {
  const first = library.runEvents.list(id, CHANGE_EVENT).find(({ step }) => step === parent?.step);
  if (!first) return {};
  // A whole configuration is that of a change on the way.
  const given = branchSettingsSchema.safeParse(readChange(first));
  return given.success ? given.data : {};
}
