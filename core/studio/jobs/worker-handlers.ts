import { z } from 'zod';
import type { JobHandler, JobHooks } from '../../jobs/worker.ts';
import { openLibrary, type Library } from '../../library/library.ts';
import type { JobContext, StudioJob } from './job.ts';
import { jobTable } from './job-table.ts';

/** What a worker is given with a job of the studio. */
const workOrderSchema = z.strictObject({
  libraryFolder: z.string(),
  /** Of the studio's lock, under which the worker writes. */
  lockToken: z.string(),
  input: z.unknown(),
});

/** What a job tells beside progress and notes. */
export const jobEventSchema = z.discriminatedUnion('type', [
  /** What computes from now on, and why it was chosen. */
  z.strictObject({
    type: z.literal('engine'),
    name: z.string(),
    device: z.string(),
    reason: z.string(),
  }),
]);

type JobEvent = z.infer<typeof jobEventSchema>;

export type WorkOrder = z.infer<typeof workOrderSchema>;

/** The studio's jobs as a worker serves them, by kind. */
export const workerHandlers: Readonly<Record<string, JobHandler>> = Object.fromEntries(
  Object.entries(jobTable).map(([kind, load]) => [kind, handlerOf(load)]),
);

function handlerOf(load: () => Promise<StudioJob>): JobHandler {
  return async (args, hooks) => {
    const { libraryFolder, lockToken, input } = workOrderSchema.parse(args);
    const job = await load();
    using library = openLibrary(libraryFolder, { access: 'write', underLockOf: lockToken });
    return await job.run(input, contextOf(library, hooks));
  };
}

function contextOf(library: Library, { signal, onProgress, onNote, onEvent }: JobHooks): JobContext {
  return {
    library,
    signal,
    onProgress,
    onNote,
    async withEngine({ engine, threads }, work, run) {
      // Only here, so that a process that reads files does not hold TensorFlow.js.
      const { describeEngine, wishForRun, withChosenEngine } = await import('../training/engine-wish.ts');
      const wish = threads === null ? { engine } : { engine, threads };
      return await withChosenEngine(
        run ? wishForRun(run, wish) : wish,
        (chosen, reason) => {
          const { name, device } = chosen;
          onEvent({ type: 'engine', name, device, reason } satisfies JobEvent);
          onNote(describeEngine(chosen, reason));
        },
        work,
        onNote,
      );
    },
  };
}
