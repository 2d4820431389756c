import { reactive, ref, watch, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { LiveSettings } from '../../../core/contract/training-command.ts';
import { useAction } from '../../composables/actions.ts';
import type { Run } from '../../stores/runStore.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';
import { useRunActions } from '../runs/useRunActions.ts';
import { isSteerable } from './runState.ts';
import type { Checkpoint } from './useRunRecord.ts';
import type { Steering } from './useSteering.ts';
import type { StripPlace } from './useStripPlace.ts';

interface Start {
  readonly way: 'resume' | 'branch';
  readonly step: number | null;
  readonly settings: LiveSettings;
}

/**
 * The dialogs of a run, what they begin with, and the actions that open them. An address with `branch` asks for a branch
 * from the last checkpoint up to that step.
 */
export function useRunDialogs(
  run: Readonly<Ref<Run | undefined>>,
  checkpoints: Readonly<Ref<readonly Checkpoint[]>>,
  place: StripPlace,
  steering: Steering,
) {
  const route = useRoute();
  const router = useRouter();
  const actions = useRunActions();
  const toasts = useToastStore();
  const isOpen = reactive({ settings: false, goOn: false, edit: false, disk: false });
  const proposed = ref<LiveSettings>({});
  const start = ref<Start>({ way: 'resume', step: null, settings: {} });

  function changeSettings(changes: LiveSettings = {}): void {
    proposed.value = changes;
    isOpen.settings = true;
  }
  function goOn(way: Start['way'], step: number | null = null, settings: LiveSettings = {}): void {
    const why = run.value?.configError;
    if (why) {
      toasts.say(why);
      return;
    }
    start.value = { way, step, settings };
    isOpen.goOn = true;
  }
  const branch = (): void => goOn('branch', place.step.value ?? null);
  watch(
    () => checkpoints.value.length > 0 && route.query.branch,
    (step) => {
      if (typeof step !== 'string') return;
      goOn('branch', Number(step));
      void router.replace({ query: { ...route.query, branch: undefined } });
    },
    { immediate: true },
  );
  function open(dialog: 'edit' | 'disk'): void {
    isOpen[dialog] = true;
  }
  async function pin(): Promise<void> {
    const step = place.step.value;
    const checkpoint = checkpoints.value.findLast((one) => step === undefined || one.step <= step);
    if (!run.value || !checkpoint) return;
    await studio.checkpoints.pin({ runId: run.value.id, step: checkpoint.step, on: !checkpoint.pinned });
  }
  const doWith = (id: string) => async (): Promise<void> => {
    if (run.value) await actions.choose(run.value, id);
  };

  useAction('run.settings', () => changeSettings(), { why: steering.whyNot });
  useAction('run.resume', () => goOn('resume'), { why: steering.whyNotOn });
  useAction('run.branch', branch, {
    why: () => (checkpoints.value.length > 0 ? '' : text.runs.goOn.noCheckpoint),
  });
  useAction('run.edit', () => open('edit'));
  useAction('run.clean-up', () => open('disk'), { why: steering.whyNotOn });
  useAction('run.archive', doWith('archive'));
  useAction('run.trash', doWith('trash'), { why: steering.whyNotOn });
  useAction(
    'run.reveal',
    () => run.value && studio.system.reveal({ what: { kind: 'run', id: run.value.id } }),
  );
  useAction('checkpoint.pin', pin, {
    why: () => (checkpoints.value.length > 0 ? '' : text.runs.goOn.noCheckpoint),
  });

  return {
    isOpen,
    proposed,
    start,
    changeSettings,
    goOn,
    branch,
    open,
    takeRemedy(changes: LiveSettings): void {
      if (run.value && isSteerable(run.value)) changeSettings(changes);
      else goOn('resume', null, changes);
    },
    /** An item of the run's menu. */
    choose(id: string): void {
      if (id === 'release') void steering.tell({ kind: 'release' }, text.runs.said.release);
      else if (id === 'prove') void steering.prove();
      else if (id === 'inspect') void router.push({ name: 'inspect', query: { run: String(run.value?.id) } });
      else if (id === 'edit' || id === 'disk') open(id);
      else void doWith(id)();
    },
  };
}
