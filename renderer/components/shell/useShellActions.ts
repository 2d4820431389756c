import { computed, ref } from 'vue';
import { useRouter } from 'vue-router';
import type { OutputOf } from '../../../core/contract/contract.ts';
import type { Settings } from '../../../core/contract/operations/studio.ts';
import type { TrainingCommand } from '../../../core/contract/training-command.ts';
import { useAction } from '../../composables/actions.ts';
import { usePickFolder } from '../../composables/pickFolder.ts';
import { useCurrentRunStore } from '../../stores/currentRunStore.ts';
import { useJobStore } from '../../stores/jobStore.ts';
import { useLibraryStore } from '../../stores/libraryStore.ts';
import { usePanelStore } from '../../stores/panelStore.ts';
import { useSettingsStore } from '../../stores/settingsStore.ts';
import { useSwitchStore } from '../../stores/switchStore.ts';
import { useSystemStore } from '../../stores/systemStore.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';
import { useQueue } from '../runs/useQueue.ts';
import { focusNextPane } from './panes.ts';

const ZOOM_STEP = 10;
const SECTIONS = ['data', 'train', 'inspect', 'evaluate', 'export', 'runs'] as const;
const THEMES = ['system', 'light', 'dark'] as const;

/** The actions that the shell itself does, on every screen. */
export function useShellActions() {
  useLibraryActions();
  usePanelActions();
  useLookActions();
  useUndoActions();
  useRunActions();
  return useDiagnostics();
}

function useLibraryActions(): void {
  const library = useLibraryStore();
  const system = useSystemStore();
  const { leave } = useSwitchStore();
  const router = useRouter();
  const pickNew = usePickFolder('new-library');
  const pickExisting = usePickFolder('open-library');
  const whyClosed = (): string => (library.isOpen ? '' : text.shell.needs.library);
  const whyNoReveal = (): string => whyClosed() || (system.capabilities?.reveal ? '' : text.shell.noReveal);

  useAction('library.new', async () => {
    const folder = await pickNew();
    if (folder === null) return;
    const made = await leave((whenBusy) => studio.library.create({ folder, name: null, whenBusy }));
    if (made) await router.push({ name: 'data' });
  });
  useAction('library.open', async () => {
    const folder = await pickExisting();
    if (folder === null) return;
    const opened = await leave((whenBusy) => studio.library.open({ folder, whenBusy }));
    if (opened) await router.push({ name: 'data' });
  });
  useAction('library.sample', () => router.push({ name: 'welcome', query: { sample: 'begin' } }));
  useAction('library.forget', () => router.push({ name: 'welcome' }));
  useAction(
    'library.close',
    async () => {
      const closed = await leave((whenBusy) => studio.library.close({ whenBusy }));
      if (closed) await router.push({ name: 'welcome' });
    },
    { why: whyClosed },
  );
  useAction('library.reveal', () => studio.system.reveal({ what: { kind: 'library' } }), {
    why: whyNoReveal,
  });
  for (const role of ['synthetic', 'real'] as const) {
    useAction(`import.${role}`, () => router.push({ name: 'import', query: { role } }), { why: whyClosed });
  }
  useAction('settings', () => router.push({ name: 'settings' }));
  useAction('go.home', () => router.push({ name: 'welcome' }));
  for (const name of SECTIONS) {
    useAction(`go.${name}`, () => router.push({ name }), { why: whyClosed });
  }
}

function usePanelActions(): void {
  const panels = usePanelStore();
  const jobs = useJobStore();
  const system = useSystemStore();
  const router = useRouter();

  useAction('palette', () => (panels.palette = !panels.palette));
  useAction('panel.jobs', () => (panels.jobs = !panels.jobs));
  useAction('panel.log', () => (panels.log = !panels.log));
  useAction('help.keys', () => (panels.keys = true));
  useAction('pane.next', focusNextPane);
  useAction('go.back', () => {
    const { back } = window.history.state as { readonly back?: string | null };
    if (!panels.closeOne() && back) router.back();
  });
  useAction('logs.reveal', () => studio.system.reveal({ what: { kind: 'logs' } }), {
    why: () => (system.capabilities?.reveal ? '' : text.shell.noReveal),
  });
  useAction('job.cancel', () => jobs.current && studio.jobs.cancel({ id: jobs.current.id }), {
    why: () => (jobs.current ? '' : text.shell.status.idle),
  });
  useAction('jobs.clear', () => studio.jobs.clear({}), {
    why: () => (jobs.jobs.length > jobs.active.length ? '' : text.shell.jobs.noneEnded),
  });
}

function useLookActions(): void {
  const { settings, set } = toSettings();
  for (const theme of THEMES) {
    useAction(`theme.${theme}`, () => set({ theme }));
  }
  const zoomBy = (by: number) => () =>
    set({ zoom: Math.min(200, Math.max(80, Math.round(settings.value.zoom / ZOOM_STEP) * ZOOM_STEP + by)) });
  useAction('zoom.in', zoomBy(ZOOM_STEP));
  useAction('zoom.out', zoomBy(-ZOOM_STEP));
  useAction('zoom.reset', () => set({ zoom: 100 }));
}

function toSettings() {
  const store = useSettingsStore();
  return {
    settings: computed(() => store.settings),
    set: (changes: Partial<Settings>) => store.set(changes),
  };
}

function useUndoActions(): void {
  const library = useLibraryStore();
  const toasts = useToastStore();
  const why = (): string => (library.isOpen ? '' : text.shell.needs.library);
  const redo = async (): Promise<void> => {
    const { edit } = await studio.edits.redo({});
    const words = edit ? text.shell.undo.redone(edit.title) : text.shell.undo.nothingToRedo;
    toasts.say(words, edit ? { text: text.common.undo, run: undo } : undefined);
  };
  const undo = async (): Promise<void> => {
    const { edit } = await studio.edits.undo({});
    const words = edit ? text.shell.undo.undone(edit.title) : text.shell.undo.nothingToUndo;
    toasts.say(words, edit ? { text: text.common.redo, run: redo } : undefined);
  };
  useAction('edit.undo', undo, { why });
  useAction('edit.redo', redo, { why });
}

function useRunActions(): void {
  const current = useCurrentRunStore();
  const why = (): string => (current.run ? '' : text.shell.noTraining);
  const command = (kind: Exclude<TrainingCommand['kind'], 'change'>) => async (): Promise<void> => {
    if (current.run) await studio.runs.command({ id: current.run.id, command: { kind } });
  };
  useAction('run.pause', () => command(current.isPaused ? 'resume' : 'pause')(), { why });
  useAction('run.release', command('release'), { why });
  useAction('run.stop', command('stop'), { why });
  useAction('run.checkpoint', command('checkpoint'), { why });
  const queue = useQueue();
  useAction('queue.work', queue.workOff, { why: queue.whyNot });
}

/** Collects the diagnostics, and shows what is in them before they are saved. */
function useDiagnostics() {
  const diagnostics = ref<OutputOf<'system.diagnostics'>>();
  useAction('diagnostics', async () => {
    diagnostics.value = await studio.system.diagnostics({});
  });
  return { diagnostics };
}
