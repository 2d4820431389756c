import { cacheFolder as defaultCacheFolder } from '../../base/cache-folder.ts';
import { messageOf, StudioError } from '../../base/studio-error.ts';
import type { StudioEvent, StudioListener } from '../../contract/events.ts';
import type { LaunchWorker } from '../../jobs/launcher.ts';
import type { StudioContext } from './context.ts';
import { createDataState } from './data/data-state.ts';
import { datasetHandlers } from './data/datasets.ts';
import { editHandlers } from './data/edits.ts';
import { imageHandlers } from './data/images.ts';
import { importHandlers } from './data/import.ts';
import { createImportSamples } from './data/import-samples.ts';
import { simulateHandlers } from './data/simulate.ts';
import { tellOfData } from './data/tell-of-data.ts';
import { viewHandlers } from './data/views.ts';
import { failureResource } from './failure-resource.ts';
import { jobHandlers } from './job-handlers.ts';
import type { JobKind } from './jobs.ts';
import { startJobs } from './job-runner.ts';
import { createSessionJobs } from './library/session-jobs.ts';
import { libraryHandlers, summaryOf } from './library/handlers.ts';
import { addressWithin, notOpen } from './library/picture-names.ts';
import { libraryPicture } from './library/library-picture.ts';
import {
  openRecentLibraries,
  type RecentLibraries,
  type RecordedLibrary,
} from './library/recent-libraries.ts';
import { createLibrarySession, noLibrary, type OpenedLibrary } from './library/session.ts';
import { createLog, type LogEntry } from './log.ts';
import { createPictures, isSample, thumbnailFolder } from './pictures/pictures.ts';
import { settingsHandlers } from './settings/handlers.ts';
import { openSettings } from './settings/settings-store.ts';
import type { Shell } from './shell.ts';
import { dispatch, type Studio, type StudioResource } from './studio.ts';
import { createDiagnostics, DIAGNOSTICS_URL } from './system/diagnostics.ts';
import { systemHandlers } from './system/handlers.ts';
import { createTraining } from './training/index.ts';

export interface StudioOptions {
  readonly version: string;
  /** Folder of this user's settings, recent libraries and logs; made as needed. */
  readonly stateFolder: string;
  /** Folder of what can be had again; default: the program's own in the user's cache. */
  readonly cacheFolder?: string;
  readonly shell: Shell;
  readonly launchWorker: LaunchWorker;
  /** Told of every entry of the log, to write it to a file. */
  readonly onLog?: (entry: LogEntry) => void;
}

/**
 * After these, pictures of the same address may be others: files are found again or gone, a training went back and took
 * its steps again, images were refined again.
 */
const CHANGES_PICTURES: ReadonlySet<JobKind> = new Set(['check-files', 'train', 'probe', 'refine', 'dial']);

/** The studio with no library open. Whoever creates it closes it. */
export function createStudio(options: StudioOptions): Studio {
  const { version, stateFolder, shell, launchWorker } = options;
  const listeners = new Set<StudioListener>();
  const log = createLog((entry) => {
    options.onLog?.(entry);
    publish({ type: 'log', entry });
  });
  const publish = (event: StudioEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const settings = openSettings(stateFolder, (text) => log.add('warn', 'settings', text));
  const recent = openRecentLibraries(stateFolder);
  const jobs = createSessionJobs(
    () => session.current(),
    () => data.requireUnchanging(),
  );
  const libraryIfOpen = () => session.current()?.library;
  const library = () => {
    const open = libraryIfOpen();
    if (open) return open;
    throw noLibrary();
  };
  const data = createDataState(library);
  const tellOfLibrary = (): void => {
    const opened = session.current();
    try {
      publish({ type: 'library', library: opened ? summaryOf(opened) : null });
    } catch (error) {
      log.add('error', 'library', messageOf(error));
    }
  };
  let remembered: Promise<void> = Promise.resolve();
  const remember = (opened: OpenedLibrary): void => {
    const before = remembered;
    remembered = rememberLibrary(recent, opened, tellOfLibrary)
      .catch((error: unknown) => {
        log.add('warn', 'library', `The list of recent libraries could not be written: ${messageOf(error)}`);
      })
      .then(() => before);
  };
  const session = createLibrarySession({
    startJobs: (opened) => startJobs(opened, { launchWorker, publish, log }),
    onClosing: remember,
    onChanged(opened) {
      data.reset();
      jobs.follow(opened?.jobs);
      if (opened) remember(opened);
      tellOfLibrary();
    },
  });
  const context: StudioContext = {
    version,
    stateFolder,
    library,
    libraryIfOpen,
    publish,
    jobs,
    log,
    shell,
    settings: () => settings.get(),
  };
  const samples = createImportSamples();
  const diagnostics = createDiagnostics(context);
  const training = createTraining(context);
  const handlers = {
    ...libraryHandlers(context, session, recent),
    ...importHandlers(context, samples),
    ...simulateHandlers(context),
    ...datasetHandlers(context, data),
    ...imageHandlers(context, data),
    ...editHandlers(context, data),
    ...viewHandlers(context),
    ...training.handlers,
    ...jobHandlers(context),
    ...settingsHandlers(context, settings),
    ...systemHandlers(context, diagnostics),
  };
  const pictures = createPictures(
    context,
    samples,
    thumbnailFolder(options.cacheFolder ?? defaultCacheFolder()),
  );
  jobs.onEnded(tellOfData(data, publish));
  jobs.onEnded(({ kind }) => {
    if (!CHANGES_PICTURES.has(kind)) return;
    const names = session.current()?.pictureNames;
    if (names) publish({ type: 'pictures', pictures: names.renew() });
  });

  let closing: Promise<void> | undefined;
  return {
    call: (name, input) => dispatch(handlers, name, input),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async resource(address) {
      try {
        const url = new URL(address, 'studio://studio');
        if (url.pathname === DIAGNOSTICS_URL) return diagnostics.resource() ?? nothingThere();
        const ofNoLibrary = recent.picture(url) ?? (isSample(url) ? await pictures(url) : undefined);
        if (ofNoLibrary) return ofNoLibrary;
        const opened = session.current();
        const within = addressWithin(url, opened?.pictureNames);
        if (!within) return nothingThere();
        const found = (await pictures(within)) ?? (await training.resource(within));
        // Another library may have been opened while it was made.
        if (session.current() !== opened) throw notOpen();
        return found ?? nothingThere();
      } catch (error) {
        if (error instanceof StudioError) return failureResource(error);
        throw error;
      }
    },
    close: () => (closing ??= session.close('resume').finally(() => remembered.then(() => recent.written()))),
  };
}

/** At once with the picture that is known, and again when there is a newer one; tells when that is on the list. */
async function rememberLibrary(
  recent: RecentLibraries,
  opened: OpenedLibrary,
  onNewPicture: () => void,
): Promise<void> {
  const record = recordOf(opened);
  const newer = libraryPicture(opened.library);
  const known = recent.find(record.folder)?.picture ?? null;
  await recent.remember({ ...record, picture: known });
  const picture = await newer;
  // It may have been forgotten meanwhile.
  if (picture === known || !recent.find(record.folder)) return;
  await recent.remember({ ...record, picture });
  onNewPicture();
}

function recordOf({ library, openedAt }: OpenedLibrary): Omit<RecordedLibrary, 'picture'> {
  const { folder, name, runs, imageSearch } = library;
  return {
    folder,
    name,
    openedAt,
    lastVerdict: runs.list().findLast(({ verdict }) => verdict !== null)?.verdict ?? null,
    images: imageSearch.count({}),
  };
}

function nothingThere(): StudioResource {
  return failureResource(
    new StudioError('not-found', 'There is nothing at this address.', { remedy: 'Reload what shows it.' }),
  );
}
