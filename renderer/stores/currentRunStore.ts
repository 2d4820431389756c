import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { OutputOf } from '../../core/contract/contract.ts';
import { studio } from '../studio.ts';
import { useLibraryStore } from './libraryStore.ts';
import { useLive } from './live.ts';

type Run = OutputOf<'runs.get'>;

const isAtWork = ({ status }: Run): boolean =>
  ['preflight', 'warming', 'running', 'paused', 'finishing'].includes(status);

/** The run that trains now, if one does: the status bar and the menu steer it from everywhere. */
export const useCurrentRunStore = defineStore('current-run', () => {
  const library = useLibraryStore();
  const { value: run } = useLive<Run | null>(
    async () => {
      if (!library.isOpen) return null;
      return (await studio.runs.list({})).find(isAtWork) ?? null;
    },
    (event, current) => {
      if (event.type === 'library') return 'stale';
      if (event.type === 'run-removed') return event.runId === current?.id ? { now: null } : undefined;
      if (event.type !== 'run') return undefined;
      if (isAtWork(event.run)) return { now: event.run };
      return event.run.id === current?.id ? { now: null } : undefined;
    },
  );
  return {
    run,
    isPaused: computed(() => run.value?.status === 'paused'),
  };
});
