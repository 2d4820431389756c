import type { App, BrowserWindow } from 'electron';
import type { StudioEvent } from '../core/contract/events.ts';
import type { Settings } from '../core/contract/operations/studio.ts';
import type { Studio } from '../core/studio/service/studio.ts';
import { createActivityTracker, progressBar, windowTitle, type Activity } from './activity.ts';
import { askStudio } from './ask-studio.ts';
import { noticeOfJob, noticeOfRun, noticeOfRunEvent, type Notice } from './job-notice.ts';

type OpenLibrary = Extract<StudioEvent, { type: 'library' }>['library'];

/** What a shell does about what happens in the studio. */
export interface EffectParts {
  readonly studio: Pick<Studio, 'call' | 'subscribe'>;
  /** Undefined while there is none. */
  readonly window: () => Pick<BrowserWindow, WindowMethods> | undefined;
  readonly app: Pick<App, 'addRecentDocument'>;
  readonly keepAwake: (isWorking: boolean) => void;
  readonly notify: (notice: Notice) => void;
  readonly setTrayText: (text: string) => void;
  readonly onTheme: (theme: Settings['theme']) => void;
  readonly onLibrary: (library: OpenLibrary) => void;
  /** The menu shows something of the studio that has changed. */
  readonly onMenuChange: () => void;
  readonly onFault: (error: unknown) => void;
}

type WindowMethods =
  'setProgressBar' | 'setTitle' | 'setRepresentedFilename' | 'setDocumentEdited' | 'isFocused' | 'flashFrame';

export interface StudioEffects {
  activity(): Activity;
  library(): OpenLibrary;
  settings(): Settings;
  /** A new window knows nothing yet. */
  refresh(): void;
  /** From now on everything is saved and closed. */
  showClosing(): void;
  /** Runs that train save a checkpoint at their next step. */
  saveTrainings(): Promise<void>;
}

/**
 * Follows the studio: the window's title and progress bar, keeping awake, notifications with what came of a job, the
 * system's recent documents.
 */
export async function followStudio(parts: EffectParts): Promise<StudioEffects> {
  const { studio } = parts;
  const tracker = createActivityTracker();
  let settings = await askStudio(studio, 'settings.get', {});
  let library: OpenLibrary = null;
  let isClosing = false;
  parts.onTheme(settings.theme);

  const refresh = (): void => {
    const activity = tracker.current();
    const title = isClosing ? 'Saving … – SimGAN Studio' : windowTitle(activity, library?.name);
    const { value, mode } = progressBar(activity);
    const window = parts.window();
    window?.setTitle(title);
    window?.setProgressBar(value, { mode });
    window?.setRepresentedFilename(library?.folder ?? '');
    // What a training has done since its last checkpoint is not saved yet.
    window?.setDocumentEdited(activity.trainingRunIds.length > 0);
    parts.setTrayText(title);
    parts.keepAwake(activity.running.length > 0 && !activity.isPaused);
  };

  const tell = (notice: Notice | undefined): void => {
    const window = parts.window();
    if (notice === undefined || window?.isFocused()) return;
    parts.notify(notice);
    if (notice.isUrgent) window?.flashFrame(true);
  };

  const runOf = async (id: number | null) =>
    id === null ? undefined : await askStudio(studio, 'runs.get', { id });

  const apply = async (event: StudioEvent): Promise<void> => {
    const ended = tracker.apply(event);
    if (event.type === 'settings') {
      ({ settings } = event);
      parts.onTheme(settings.theme);
      parts.onMenuChange();
    }
    if (event.type === 'library') {
      ({ library } = event);
      if (library) parts.app.addRecentDocument(library.folder);
      parts.onLibrary(library);
      parts.onMenuChange();
      if (library) {
        tracker.replace(await askStudio(studio, 'jobs.list', {}), await askStudio(studio, 'runs.list', {}));
      }
    }
    if (event.type !== 'log' && event.type !== 'metrics') refresh();
    if (ended.job) {
      const verdict = (await runOf(ended.job.runId))?.verdict ?? null;
      tell(noticeOfJob(ended.job, verdict, settings.notifications));
    }
    if (ended.run) tell(noticeOfRun(ended.run, settings.notifications));
    if (event.type === 'run-event' && event.event.kind === 'guard') {
      const name = (await runOf(event.runId))?.name ?? `Run ${event.runId}`;
      tell(noticeOfRunEvent(name, event.event, settings.notifications));
    }
  };
  studio.subscribe((event) => void apply(event).catch((error: unknown) => parts.onFault(error)));
  refresh();
  return {
    activity: () => tracker.current(),
    library: () => library,
    settings: () => settings,
    refresh,
    showClosing() {
      isClosing = true;
      refresh();
    },
    async saveTrainings() {
      for (const id of tracker.current().trainingRunIds) {
        await askStudio(studio, 'runs.command', { id, command: { kind: 'checkpoint' } });
      }
    },
  };
}
