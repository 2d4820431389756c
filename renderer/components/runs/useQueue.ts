import { computed, type ComputedRef } from 'vue';
import { useJobStore } from '../../stores/jobStore.ts';
import { useRunStore, type Run } from '../../stores/runStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';

export interface Queue {
  /** The runs that wait for their turn, first come first; not the variants of a probe at work, which takes them in turn. */
  readonly waiting: ComputedRef<readonly Run[]>;
  /** Whether a job trains them one after the other. */
  readonly isWorkedOff: ComputedRef<boolean>;
  /** Whether it is a variant of the probe at work, which takes it in turn. */
  readonly isProbed: (run: Run) => boolean;
  /** Why it cannot be worked off now; empty where it can. */
  readonly whyNot: ComputedRef<string>;
  readonly workOff: () => Promise<unknown>;
}

/** What waits for training, and whether somebody sees to it: a job that was cancelled or failed leaves it waiting. */
export function useQueue(): Queue {
  const jobs = useJobStore();
  const runs = useRunStore();
  const queued = computed(() => (runs.runs ?? []).filter(({ status }) => status === 'queued'));
  /** Of the probe at work, which is the newest. */
  const probe = computed(() =>
    jobs.active.some(({ kind }) => kind === 'probe')
      ? queued.value.reduce((newest, run) => Math.max(newest, run.probe ?? 0), 0)
      : 0,
  );
  const isProbed = (run: Run): boolean => probe.value > 0 && run.probe === probe.value;
  const waiting = computed(() =>
    queued.value.filter((run) => !isProbed(run)).sort((left, right) => left.id - right.id),
  );
  const isWorkedOff = computed(() =>
    jobs.active.some(({ kind, runId }) => kind === 'train' && runId === null),
  );
  return {
    waiting,
    isWorkedOff,
    isProbed,
    whyNot: computed(() => {
      if (waiting.value.length === 0) return text.runs.why.queueEmpty;
      return isWorkedOff.value ? text.runs.why.workedOff : '';
    }),
    workOff: () => studio.runs.workQueue({}),
  };
}
