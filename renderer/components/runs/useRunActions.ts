import { useRouter } from 'vue-router';
import { attempt } from '../../composables/attempt.ts';
import { bytes, count } from '../../composables/format.ts';
import { useRunStore, type Run } from '../../stores/runStore.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';
import { isAtWork, itemsToLeaveQueue } from '../run/runState.ts';

/** What can be done with a run of the list. Whatever takes it out of sight can be taken back at once. */
export function useRunActions() {
  const router = useRouter();
  const store = useRunStore();
  const toasts = useToastStore();

  async function set(
    run: Run,
    changes: { archived: boolean } | { trashed: boolean },
    said: string,
  ): Promise<void> {
    const back = 'archived' in changes ? { archived: run.archived } : { trashed: run.trashed };
    if (!(await attempt(() => store.update({ id: run.id, ...changes })))) return;
    toasts.say(said, {
      text: text.common.undo,
      run: () => attempt(() => store.update({ id: run.id, ...back })),
    });
  }

  return {
    menuOf: (run: Run) => [
      { id: 'open', text: text.runs.actions.open },
      { id: 'again', text: text.runs.actions.again },
      { id: 'edit', text: text.runs.actions.edit },
      { id: 'disk', text: text.runs.actions.cleanUp },
      ...itemsToLeaveQueue(run),
      { id: 'archive', text: run.archived ? text.runs.actions.unarchive : text.runs.actions.archive },
      {
        id: 'trash',
        text: run.trashed ? text.runs.actions.restore : text.runs.actions.trash,
        danger: !run.trashed,
        why: isAtWork(run) ? text.runs.why.atWork : '',
      },
    ],
    async choose(run: Run, id: string): Promise<void> {
      if (id === 'open') await router.push({ name: 'run', params: { runId: run.id } });
      else if (id === 'again') await router.push({ name: 'train', query: { from: String(run.id) } });
      else if (id === 'dequeue') await attempt(() => studio.runs.dequeue({ id: run.id }));
      else if (id === 'archive') {
        const said = run.archived ? text.runs.list.restored : text.runs.list.archived;
        await set(run, { archived: !run.archived }, said(run.name));
      } else if (id === 'trash') {
        const said = run.trashed ? text.runs.list.restored : text.runs.list.trashed;
        await set(run, { trashed: !run.trashed }, said(run.name));
      }
    },
    async emptyTrash(): Promise<void> {
      const outcome = await attempt(() => studio.runs.emptyTrash({}));
      if (outcome) toasts.succeed(text.runs.list.emptied(count(outcome.runs), bytes(outcome.bytes)));
    },
  };
}
