import { onScopeDispose } from 'vue';
import { useRouter } from 'vue-router';
import { useRunStore } from '../../stores/runStore.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';

/** A branch begins when its turn has come, and is a run only then: says so, with the way there. */
export function useBranchNews(runId: number): void {
  const router = useRouter();
  const store = useRunStore();
  const toasts = useToastStore();
  const told = new Set<number>();
  onScopeDispose(
    studio.subscribe((event) => {
      if (event.type !== 'run' || event.run.parent?.runId !== runId) return;
      const { id, name } = event.run;
      // A short one may be done before it is first told of.
      const isNew = !told.has(id) && Date.now() - Date.parse(event.run.createdAt) < 60_000;
      told.add(id);
      if (!isNew || !store.runs) return;
      toasts.say(text.runs.branched(name), {
        text: text.runs.actions.open,
        run: () => void router.push({ name: 'run', params: { runId: id } }),
      });
    }),
  );
}
