import { join } from 'node:path';
import type { ProgressListener } from '../../base/progress.ts';
import { messageOf, StudioError } from '../../base/studio-error.ts';
import { removeTemporaryFiles } from '../../base/temporary-files.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import type { LoadedCheckpoint } from '../../simgan/checkpoint.ts';
import type { GuardFinding } from '../../simgan/guards.ts';
import { train } from '../../simgan/train.ts';
import { beforeFirstStep } from './before-first-step.ts';
import { originOf } from './checkpoint-origin.ts';
import { openInbox } from './control-inbox.ts';
import { forgetAfter } from './forget-after.ts';
import { indexRealImages } from '../previews/nearest-real.ts';
import { writePreview } from '../previews/previews.ts';
import { openRunInspector, type RunInspector } from './run-inspector.ts';
import { createRunRecorder } from './run-recorder.ts';
import { sourcesOf } from './run-sources.ts';
import { mustGetRun, type RunPacks } from '../runs/runs.ts';
import { signsOfLife, watchRest } from './signs-of-life.ts';
import { openStrip } from './strip.ts';

export interface TrainingHooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** Files that a pack had to leave out, checkpoints that cannot be used, and the like. */
  readonly onNote: (text: string) => void;
}

/**
 * Trains a run that this process has claimed, from its beginning or from a checkpoint, and records what training tells. In the
 * end the run is done or stopped; what makes it fail is recorded with it and thrown.
 */
export async function executeTraining(
  library: Library,
  engine: Engine,
  run: Run,
  config: TrainingConfig,
  data: RunPacks,
  resume: LoadedCheckpoint | undefined,
  hooks: TrainingHooks,
): Promise<Run> {
  library.runs.update(run.id, { engine: engine.name, device: engine.device });
  for (const folder of ['checkpoints', 'history', 'previews']) {
    await removeTemporaryFiles(join(library.runFolder(run.id), folder));
  }
  const recorder = createRunRecorder(library, run.id, config, data.imageIds);
  const rest = watchRest(library, run.id);
  // Before the label net learns, so that what is asked for meanwhile is not taken for what an earlier training left.
  const inbox = rest.during(openInbox(library.runFolder(run.id), hooks.onNote));
  const onPaused = (step: number, paused: boolean): void => {
    recorder.event(step, paused ? 'paused' : 'resumed', {});
    rest.tell(paused);
    // What a pause shows is what there is, not what was written a second ago.
    recorder.flush();
    library.runs.setStatus(run.id, paused ? 'paused' : 'running');
  };
  let inspector: RunInspector | undefined;
  try {
    if (config.evaluationEvery > 0) {
      const signs = signsOfLife(library, run.id, hooks);
      inspector = await beforeFirstStep(
        inbox,
        signs,
        (paused) => onPaused(resume?.step ?? 0, paused),
        (given) => openRunInspector(library, run, data, config, given),
      );
      for (const caveat of inspector.caveats) hooks.onNote(caveat);
    }
    const places = await openStrip(library, run, data.imageIds);
    const strip = new Float32Array(places.length * config.widthPx * config.heightPx * config.channels);
    await data.syntheticPack.readImages(places, strip);
    const nearestReal = await indexRealImages(data.realPack);
    const result = await train(
      {
        config,
        origin: originOf(data),
        historyBits: data.syntheticPack.preprocessing.bitDepth,
        openSources: (checkpoint) => sourcesOf(data, config, checkpoint),
        runFolder: library.runFolder(run.id),
        strip,
        lost: engine.lost,
        ...(inspector ? { inspector } : {}),
        ...(resume ? { resume } : {}),
      },
      {
        onPlace({ step }, position, total) {
          recorder.step(step);
          hooks.onProgress({ done: position, total, unit: 'steps', label: 'Training' });
        },
        onMetrics: (step, values) => recorder.metrics(step, values),
        onHistory: (entries) => recorder.history(entries),
        onPreview: (preview) => writePreview(library, run.id, config, nearestReal, preview),
        onCheckpoint: (step, saved, inspection) => recorder.checkpoint(step, saved, inspection),
        onGuard(step, finding) {
          recorder.event(step, 'guard', finding);
          hooks.onNote(`Step ${step}: ${describeFinding(finding)}`);
        },
        onPaused,
        onChange: (_step, changed) => recorder.change(changed),
      },
      {
        take: () => (hooks.signal.aborted ? { kind: 'stop' } : inbox.take()),
        isWaiting: () => hooks.signal.aborted || inbox.isWaiting(),
      },
    );
    recorder.flush();
    if (result.guard?.action === 'rewind') {
      await forgetAfter(library, run, result.step);
      // With the step that it spoke at it was forgotten, too.
      recorder.event(result.step, 'guard', result.guard);
    }
    if (result.guard) library.runs.update(run.id, { verdict: describeFinding(result.guard) });
    library.runs.heartbeat(run.id, Math.max(0, result.step));
    library.runs.setStatus(run.id, result.outcome === 'done' ? 'done' : 'stopped');
  } catch (error) {
    recorder.flush();
    // Stopped before its first step, while it was still being prepared for.
    const isStopped = error instanceof StudioError && error.code === 'cancelled';
    if (isStopped) library.runs.setStatus(run.id, 'stopped');
    else library.runs.setStatus(run.id, 'failed', messageOf(error));
    throw error;
  } finally {
    inspector?.dispose();
  }
  return mustGetRun(library, run.id);
}

/** What a guard says and what may help, as one text. */
function describeFinding({ message, action, remedies }: GuardFinding): string {
  const consequence = {
    warn: '',
    stop: ' The run was stopped.',
    rewind: ' The run was stopped and went back to its last good checkpoint.',
  }[action];
  const help = remedies.map(({ text }) => text).join('; or ');
  return `${message}${consequence} What may help: ${help}.`;
}
