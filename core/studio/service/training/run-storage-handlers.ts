import { rm } from 'node:fs/promises';
import { StudioError } from '../../../base/studio-error.ts';
import { cleanUpRun, emptyRunTrash, measureDiskUse } from '../../runs/run-storage.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { refuseAtWork, runOf } from './lookup.ts';

type RunStorage = Pick<HandlersOf<'runs'>['runs'], 'emptyTrash' | 'diskUse' | 'cleanUp'>;

export function runStorage(context: StudioContext): RunStorage {
  return {
    async emptyTrash() {
      refuseWorkOnTrash(context);
      const discard = context.shell.trash ?? ((folder: string) => rm(folder, { recursive: true }));
      const { removed, bytes, kept } = await emptyRunTrash(context.library(), discard);
      for (const { id } of removed) context.publish({ type: 'run-removed', runId: id });
      if (kept.length > 0) {
        const names = kept.map(({ name }) => name).join(', ');
        const reason = 'branches or exports that are not in the trash were made from them';
        if (removed.length === 0) {
          throw new StudioError('busy', `Nothing was removed: ${names} stay, since ${reason}.`, {
            remedy: 'Put their branches into the trash as well.',
          });
        }
        context.log.add('info', 'runs', `Kept in the trash: ${names}; ${reason}.`);
      }
      return { runs: removed.length, bytes };
    },
    diskUse: ({ id }) => measureDiskUse(context.library(), runOf(context.library(), id)),
    async cleanUp({ id }) {
      const run = runOf(context.library(), id);
      refuseAtWork(run, 'cleaned up');
      const result = await cleanUpRun(context.library(), run);
      for (const { step } of context.library().checkpoints.list(id).slice(-1)) {
        context.publish({ type: 'checkpoint', runId: id, step });
      }
      return result;
    },
  };
}

/** @throws StudioError 'busy' while a job works on a run that is in the trash, or will */
function refuseWorkOnTrash(context: StudioContext): void {
  const { runs } = context.library();
  const open = context.jobs.list().filter(({ status }) => status === 'waiting' || status === 'running');
  const job = open.find(({ runId }) => runId !== null && (runs.get(runId)?.trashedAt ?? null) !== null);
  if (!job) return;
  throw new StudioError('busy', `A run in the trash is still worked on: ${job.title}.`, {
    remedy: 'Wait until that is done, or cancel it.',
    details: { jobId: job.id },
  });
}
