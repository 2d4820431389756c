import { hostname } from 'node:os';
import type { ProgressListener } from '../base/progress.ts';
import { createRandom } from '../base/random.ts';
import { messageOf, StudioError } from '../base/studio-error.ts';
import type { Preprocessing } from '../contract/preprocessing.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import { createBatchSource } from '../datasets/pixels/batches.ts';
import { openPack } from '../datasets/pixels/pack.ts';
import type { Engine } from '../engine/engine.ts';
import type { Dataset } from '../library/datasets.ts';
import type { Library } from '../library/library.ts';
import type { Run } from '../library/runs.ts';
import { train, type TrainingCommands } from '../simgan/train.ts';
import { ensurePack } from './packs.ts';
import { writePreview } from './previews.ts';
import { createRunRecorder } from './run-recorder.ts';
import { chooseStrip } from './strip.ts';

export interface TrainingRequest {
  readonly config: TrainingConfig;
  readonly synthetic: Dataset;
  readonly real: Dataset;
  readonly preprocessing: Preprocessing;
  /** Default: "run 1", "run 2" … */
  readonly name?: string;
}

export interface TrainingHooks {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** Files that a pack had to leave out, and the like. */
  readonly onNote: (text: string) => void;
  readonly commands: TrainingCommands;
}

/**
 * A whole training run: packs the two datasets, records the run, trains, and records what training tells. Stopped by a
 * command it ends as "stopped" with a checkpoint; a failure is recorded with the run and thrown.
 */
export async function runTraining(
  library: Library,
  engine: Engine,
  request: TrainingRequest,
  hooks: TrainingHooks,
): Promise<Run> {
  const { config } = request;
  const packs = [];
  for (const dataset of [request.synthetic, request.real]) {
    const { pack, unreadable } = await ensurePack(library, dataset, 'all', request.preprocessing, hooks);
    for (const { path, reason } of unreadable) hooks.onNote(`Left out ${path}: ${reason}`);
    packs.push(pack);
  }
  const [syntheticPack, realPack] = packs;
  const [synthetic, real] = await Promise.all(packs.map(({ id }) => openPack(library.packPath(id))));
  try {
    const sourceOf = (pack: typeof synthetic, role: string) =>
      createBatchSource(pack, {
        batchSize: config.batchSize,
        random: createRandom(config.seed, 'data', role),
      });
    const sources = { synthetic: sourceOf(synthetic, 'synthetic'), real: sourceOf(real, 'real') };
    const imageIds = library.packs.imageIds(syntheticPack.id);
    const places = chooseStrip(library, imageIds, config.previewSamples);
    const strip = new Float32Array(places.length * config.widthPx * config.heightPx * config.channels);
    await synthetic.readImages(places, strip);

    const run = library.runs.add({
      ...(request.name === undefined ? {} : { name: request.name }),
      config,
      syntheticPackId: syntheticPack.id,
      realPackId: realPack.id,
      totalSteps: config.steps,
    });
    library.runs.update(run.id, { engine: engine.name, device: engine.device });
    library.runs.claim(run.id, process.pid, hostname());
    const recorder = createRunRecorder(library, run.id, config, imageIds);
    try {
      library.runs.setStatus(run.id, 'running');
      const { outcome } = await train(
        { config, ...sources, runFolder: library.runFolder(run.id), strip },
        {
          onPlace({ step }, position, total) {
            recorder.step(step);
            hooks.onProgress({ done: position, total, unit: 'steps', label: 'Training' });
          },
          onMetrics: (step, _phase, values) => recorder.metrics(step, values),
          onHistory: (entries) => recorder.history(entries),
          onPreview: (preview) => writePreview(library, run.id, config, preview),
          onCheckpoint: (step, saved) => recorder.checkpoint(step, saved),
          onPaused: (paused) => library.runs.setStatus(run.id, paused ? 'paused' : 'running'),
        },
        hooks.commands,
      );
      recorder.flush();
      library.runs.setStatus(run.id, outcome);
    } catch (error) {
      recorder.flush();
      library.runs.setStatus(run.id, 'failed', messageOf(error));
      throw error;
    }
    return mustGetRun(library, run.id);
  } finally {
    await Promise.all([synthetic.close(), real.close()]);
  }
}

/** The run of a name or "last". Throws `StudioError` ("not-found") that lists what there is. */
export function findRun(library: Library, nameOrLast: string): Run {
  const run = nameOrLast === 'last' ? library.runs.latest() : library.runs.byName(nameOrLast);
  if (run) return run;
  const names = library.runs.list().map(({ name }) => `"${name}"`);
  throw new StudioError('not-found', `There is no run "${nameOrLast}" in ${library.folder}.`, {
    remedy: names.length > 0 ? `Name one of ${names.join(', ')}.` : 'Train one first with "simgan train".',
  });
}

function mustGetRun(library: Library, id: number): Run {
  const run = library.runs.get(id);
  if (!run) throw new Error(`Run ${id} has vanished.`);
  return run;
}
