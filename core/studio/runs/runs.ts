import { StudioError } from '../../base/studio-error.ts';
import { preprocessingSchema, type Preprocessing } from '../../contract/preprocessing.ts';
import { openPack, type Pack } from '../../datasets/pixels/pack.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';

/** The run of a name, or "last": the last that has begun. Throws `StudioError` ("not-found") that lists what there is. */
export function findRun(library: Library, nameOrLast: string): Run {
  const run = nameOrLast === 'last' ? lastBegun(library) : library.runs.byName(nameOrLast);
  if (run) return run;
  const names = library.runs.list().map(({ name }) => `"${name}"`);
  throw new StudioError('not-found', `There is no run "${nameOrLast}" in ${library.folder}.`, {
    remedy: names.length > 0 ? `Name one of ${names.join(', ')}.` : 'Train one first with "simgan train".',
  });
}

/** What is only queued has nothing to look at yet. */
function lastBegun(library: Library): Run | undefined {
  return library.runs.list().findLast(({ status }) => status !== 'queued') ?? library.runs.latest();
}

export function mustGetRun(library: Library, id: number): Run {
  const run = library.runs.get(id);
  if (!run) throw new Error(`Run ${id} has vanished.`);
  return run;
}

/** The checkpoint of a run at a step, or its best (its newest where none was ranked). Throws `StudioError` ("not-found") that lists what there is. */
export function findCheckpoint(library: Library, run: Run, step: number | undefined): Checkpoint {
  const checkpoint =
    step === undefined
      ? (library.checkpoints.best(run.id) ?? library.checkpoints.latest(run.id))
      : library.checkpoints.get(run.id, step);
  if (checkpoint) return checkpoint;
  const steps = library.checkpoints.list(run.id).map((one) => one.step);
  throw new StudioError(
    'not-found',
    step === undefined
      ? `${run.name} has no checkpoint yet.`
      : `${run.name} has no checkpoint at step ${step}.`,
    {
      remedy:
        steps.length > 0
          ? `It has checkpoints at ${steps.join(', ')}.`
          : 'Train it until its first checkpoint.',
    },
  );
}

/** The two packs that a run is trained on, and the synthetic image at each place. */
export interface RunPacks {
  readonly syntheticPack: Pack;
  readonly realPack: Pack;
  readonly imageIds: Int32Array;
  readonly realImageIds: Int32Array;
  readonly close: () => Promise<void>;
}

export async function openRunPacks(
  library: Library,
  run: Pick<Run, 'syntheticPackId' | 'realPackId'> & { readonly name?: string },
): Promise<RunPacks> {
  const { syntheticPackId, realPackId } = run;
  if (syntheticPackId === null || realPackId === null) throw notTrained(run.name);
  const syntheticPack = await openPack(library.packPath(syntheticPackId));
  const realPack = await openPack(library.packPath(realPackId)).catch(async (error: unknown) => {
    await syntheticPack.close();
    throw error;
  });
  return {
    syntheticPack,
    realPack,
    imageIds: library.packs.imageIds(syntheticPackId),
    realImageIds: library.packs.imageIds(realPackId),
    close: async () => {
      await Promise.all([syntheticPack.close(), realPack.close()]);
    },
  };
}

/** How a run's images were prepared. */
export function preprocessingOf(library: Library, run: Run): Preprocessing {
  const pack = run.syntheticPackId === null ? undefined : library.packs.get(run.syntheticPackId);
  if (!pack) throw notTrained(run.name);
  return preprocessingSchema.parse(pack.preprocessing);
}

function notTrained(name = 'The run'): StudioError {
  return new StudioError('not-found', `${name} was never trained: it has no data.`, {
    remedy: 'Name another run; "simgan runs" lists them.',
  });
}
