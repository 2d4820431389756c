import { computed, type ComputedRef, type Ref } from 'vue';
import type { TrainingCommand } from '../../../core/contract/training-command.ts';
import { useAction } from '../../composables/actions.ts';
import { attempt } from '../../composables/attempt.ts';
import { useRunStore, type Run } from '../../stores/runStore.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';
import { isAtWork, isEnded, isSteerable, itemsToLeaveQueue } from './runState.ts';

export interface Steering {
  /** Why it cannot be told anything now; empty where it can. */
  readonly whyNot: ComputedRef<string>;
  /** Why it cannot go on. */
  readonly whyNotOn: ComputedRef<string>;
  readonly tell: (command: TrainingCommand, said?: string) => Promise<void>;
  readonly pauseOrGoOn: () => Promise<void>;
  readonly prove: () => Promise<void>;
}

/** What a run can be told, and the actions of menu, palette and keys that tell it. */
export function useSteering(run: Readonly<Ref<Run | undefined>>): Steering {
  const toasts = useToastStore();
  const store = useRunStore();
  const whyNot = computed(() => {
    if (!run.value) return text.runs.gone;
    if (isSteerable(run.value)) return '';
    return isAtWork(run.value) ? text.runs.why.notYet : text.runs.why.notAtWork;
  });
  const whyNotOn = computed(() => {
    if (!run.value) return text.runs.gone;
    if (run.value.status === 'queued') return text.runs.why.queued;
    return isEnded(run.value) ? '' : text.runs.why.atWork;
  });

  async function tell(command: TrainingCommand, said?: string): Promise<void> {
    const id = run.value?.id;
    if (id === undefined) return;
    if ((await attempt(() => studio.runs.command({ id, command }))) && said !== undefined) toasts.say(said);
  }
  const pauseOrGoOn = (): Promise<void> =>
    tell({ kind: run.value?.status === 'paused' ? 'resume' : 'pause' });
  async function prove(): Promise<void> {
    const id = run.value?.id;
    if (id === undefined) return;
    if (await attempt(() => studio.runs.prove({ id }))) toasts.say(text.runs.proving);
  }
  async function mark(): Promise<void> {
    if (!run.value) return;
    const { id, notes, step } = run.value;
    const line = text.runs.markOf(step);
    await store.update({ id, notes: notes === '' ? line : `${notes}\n${line}` });
    toasts.say(text.runs.marked(step));
  }

  useAction('run.pause', pauseOrGoOn, { why: whyNot });
  useAction('run.release', () => tell({ kind: 'release' }, text.runs.said.release), { why: whyNot });
  useAction('run.stop', () => tell({ kind: 'stop' }, text.runs.said.stop), { why: whyNot });
  useAction('run.checkpoint', () => tell({ kind: 'checkpoint' }, text.runs.said.checkpoint), { why: whyNot });
  useAction('run.preview', () => tell({ kind: 'preview' }, text.runs.said.preview), { why: whyNot });
  useAction('run.mark', mark);
  useAction('run.prove', prove, { why: whyNotOn });
  useAction('run.dequeue', () => studio.runs.dequeue({ id: run.value?.id ?? 0 }), {
    why: () => (run.value && itemsToLeaveQueue(run.value).length > 0 ? '' : text.runs.why.notQueued),
  });
  return { whyNot, whyNotOn, tell, pauseOrGoOn, prove };
}
