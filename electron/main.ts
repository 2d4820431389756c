import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  app,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  session,
  shell,
  utilityProcess,
} from 'electron';
import logger from 'electron-log/node';
import { z } from 'zod';
import { stateFolder } from '../core/base/state-folder.ts';
import { messageOf, StudioError } from '../core/base/studio-error.ts';
import { PROGRAM_VERSION } from '../core/base/version.ts';
import { createStudio } from '../core/studio/service/create-studio.ts';
import { APP_SCHEME } from './app-address.ts';
import { programFiles } from './app-folders.ts';
import { APP_SCHEME_PRIVILEGES, createSchemeHandler } from './app-scheme.ts';
import { askStudio } from './ask-studio.ts';
import { withChildren } from './child-relay.ts';
import { createMainRecovery } from './crash-recovery.ts';
import { createElectronShell } from './electron-shell.ts';
import { openFolderMemory } from './folder-memory.ts';
import { serveStudio } from './ipc.ts';
import type { Notice } from './job-notice.ts';
import { createKeepAwake } from './keep-awake.ts';
import { libraryOfArguments, libraryOfPath } from './library-argument.ts';
import { guardContents, guardSession, mayOpenOutside } from './lockdown.ts';
import { setUpLogFile } from './log-file.ts';
import { buildMenu } from './menu.ts';
import { choiceOfButton, quitQuestion } from './quit-question.ts';
import { createQuitSupervisor } from './quit-supervisor.ts';
import { openSessionMarker } from './session-marker.ts';
import { answerThroughWindow, START_CHECK_FLAG } from './start-check.ts';
import { followStudio } from './studio-effects.ts';
import { openStudioWindow } from './studio-window.ts';
import { createTray } from './tray.ts';
import { createUpdateChecks, newerVersion, packedUpdateAddress } from './updates.ts';
import { utilityLauncher } from './utility-launcher.ts';

/** As electron-builder.config.ts names it: Windows finds the program's notifications and recent libraries by it. */
const APP_ID = 'io.github.simgan-studio';

/** Training saves a checkpoint in this time, also a large one on a slow disk. */
const CLOSE_LIMIT_MS = 120_000;
/** After a fault nobody knows what still works; what was recorded is whole in any case. */
const CLOSE_AFTER_FAULT_LIMIT_MS = 15_000;

/** How often it is looked whether to look for a newer version. */
const UPDATE_TICK_MS = 3600 * 1000;

/** What a second start hands to the first one. */
const secondStartSchema = z.object({ library: z.string().nullable() });

// What must be said before the app is ready.
app.enableSandbox();
app.setAppUserModelId(APP_ID);
protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES]);
crashReporter.start({ uploadToServer: false });

/** macOS tells which library was double-clicked before the app is ready, so it must be kept. */
let wanted = libraryOfArguments(process.argv.slice(1), process.cwd());
let open: (folder: string) => void = (folder) => {
  wanted = folder;
};
app.on('open-file', (event, path) => {
  event.preventDefault();
  const folder = libraryOfPath(path);
  if (folder !== undefined) open(folder);
});

if (app.requestSingleInstanceLock({ library: wanted ?? null } satisfies z.infer<typeof secondStartSchema>)) {
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      dialog.showErrorBox('SimGAN Studio could not be started', messageOf(error));
      app.exit(1);
    });
} else {
  app.quit();
}

async function start(): Promise<void> {
  const userFolder = stateFolder();
  const withDeveloperTools = !app.isPackaged || process.argv.includes('--developer-tools');
  setUpLogFile(logger, join(userFolder, 'logs'), app.isPackaged);
  logger.info(`SimGAN Studio ${PROGRAM_VERSION}, Electron ${process.versions.electron}, ${process.platform}`);
  const onFault = (error: unknown): void => logger.error(messageOf(error), error);
  const marker = openSessionMarker(join(userFolder, 'session.json'));
  if (marker.left) logger.warn(`The session of ${marker.left.startedAt} did not end well.`);

  let window: BrowserWindow | undefined;
  const studio = createStudio({
    version: PROGRAM_VERSION,
    stateFolder: userFolder,
    onLog: ({ level, source, text }) => logger[level](`[${source}] ${text}`),
    launchWorker: () => {
      const fork = utilityProcess.fork.bind(utilityProcess);
      const launchProbe = utilityLauncher(fork, programFiles.engineProbe, 'SimGAN engine probe');
      return withChildren(utilityLauncher(fork, programFiles.worker, 'SimGAN worker')(), launchProbe);
    },
    shell: createElectronShell({
      dialog,
      shell,
      powerMonitor,
      window: () => window,
      memory: openFolderMemory(join(userFolder, 'folders.json')),
      documentsFolder: app.getPath('documents'),
      platform: process.platform,
      notifications: Notification.isSupported(),
    }),
  });
  const recover = createMainRecovery({
    startedMs: performance.now(),
    now: () => performance.now(),
    log: (text) => logger.error(text),
    closeStudio: () => Promise.race([studio.close(), delay(CLOSE_AFTER_FAULT_LIMIT_MS)]),
    tell: (text) => dialog.showErrorBox('SimGAN Studio', text),
    relaunch: () => app.relaunch(),
    exit: (code) => app.exit(code),
  });
  process.on('uncaughtException', (error) => void recover(error));
  process.on('unhandledRejection', onFault);

  guardSession(session.defaultSession);
  app.on('web-contents-created', (_, contents) =>
    guardContents(contents, (address) => void shell.openExternal(address).catch(onFault)),
  );
  protocol.handle(APP_SCHEME, createSchemeHandler(studio, programFiles.windowFolder));
  const messages = serveStudio(ipcMain, studio, (id) => window?.webContents.id === id);

  const quit = createQuitSupervisor({
    isBusy: () => effects.activity().running.length > 0,
    ask: async () => {
      const question = quitQuestion(effects.activity());
      const parent = window?.isVisible() ? window : undefined;
      const { response } = await (parent
        ? dialog.showMessageBox(parent, question)
        : dialog.showMessageBox(question));
      return choiceOfButton(response);
    },
    closeStudio: () => studio.close(),
    moveToTray: () => {
      tray.show();
      window?.hide();
    },
    onClosing: () => effects.showClosing(),
    exit: () => {
      marker.remove();
      app.exit(0);
    },
    onFault,
    closeLimitMs: CLOSE_LIMIT_MS,
  });
  const requestQuit = (): void => void quit.request().catch(onFault);
  const closeNow = (): void => void quit.closeNow().catch(onFault);

  const show = (): void => {
    tray.hide();
    if (window === undefined) {
      window = openStudioWindow({
        preloadFile: programFiles.preload,
        iconFile: programFiles.icon,
        withDeveloperTools,
        log: (text) => logger.warn(text),
        onFault,
        quit: requestQuit,
        // On macOS a program lives on without windows; elsewhere its last one ends it.
        mayClose: () => {
          if (process.platform === 'darwin' || quit.isClosed()) return true;
          requestQuit();
          return false;
        },
        onSessionEnd: closeNow,
      });
      window.on('closed', () => (window = undefined));
      effects.refresh();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  const tray = createTray(programFiles.trayIcon, show, requestQuit);

  const effects = await followStudio({
    studio,
    window: () => window,
    app,
    keepAwake: createKeepAwake(powerSaveBlocker),
    notify: (notice) => showNotice(notice, show),
    setTrayText: (text) => tray.setText(text),
    onTheme: (theme) => (nativeTheme.themeSource = theme),
    onLibrary: (library) => void marker.update(library?.folder ?? null).catch(onFault),
    onMenuChange: () => void refreshMenu().catch(onFault),
    onFault,
  });

  const openLibrary = async (folder: string): Promise<void> => {
    show();
    try {
      await askStudio(studio, 'library.open', { folder });
    } catch (error) {
      const detail = error instanceof StudioError ? error.remedy : 'The log says more.';
      dialog.showErrorBox(messageOf(error), detail);
    }
  };
  const refreshMenu = async (): Promise<void> => {
    const recent = await askStudio(studio, 'library.recent', {});
    const template = buildMenu(
      {
        platform: process.platform,
        appName: app.name,
        isLibraryOpen: effects.library() !== null,
        recent: recent.filter(({ isThere }) => isThere),
        keys: effects.settings().keys,
        withDeveloperTools,
      },
      {
        act: (action) => {
          show();
          messages.send({ type: 'command', action });
        },
        openRecent: (folder) => void openLibrary(folder),
        showLicences: () => void shell.openPath(programFiles.licences),
      },
    );
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };

  app.on('second-instance', (_, _words, _workingFolder, handedOver) => {
    const folder = secondStartSchema.safeParse(handedOver).data?.library ?? undefined;
    if (folder === undefined) show();
    else void openLibrary(folder);
  });
  app.on('activate', show);
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    if (quit.isClosed()) return;
    event.preventDefault();
    requestQuit();
  });
  app.on('child-process-gone', (_, { type, reason, name }) =>
    logger.warn(`A process of the program is gone: ${name ?? type}, ${reason}.`),
  );
  powerMonitor.on('suspend', () => void saveTrainings().catch(onFault));
  // Whoever asks by a signal cannot be asked.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, closeNow);
  powerMonitor.on('shutdown', ((event: { preventDefault(): void }) => {
    // Asks the system to wait. Electron's typings leave the event out, its documentation does not.
    event.preventDefault();
    closeNow();
  }) as () => void);
  const saveTrainings = async (): Promise<void> => {
    for (const id of effects.activity().trainingRunIds) {
      await askStudio(studio, 'runs.command', { id, command: { kind: 'checkpoint' } });
    }
  };

  const updateAddress = packedUpdateAddress(programFiles.package);
  if (updateAddress !== undefined) {
    const lookForUpdate = createUpdateChecks({
      now: () => performance.now(),
      isWanted: () => effects.settings().checkForUpdates,
      isBusy: () => effects.activity().running.length > 0,
      check: () => newerVersion(updateAddress, PROGRAM_VERSION),
      tell: ({ version, summary, page }) =>
        showNotice({ title: `SimGAN Studio ${version} is there`, body: summary, isUrgent: false }, () => {
          if (mayOpenOutside(page)) void shell.openExternal(page).catch(onFault);
        }),
      onFault,
    });
    setInterval(() => void lookForUpdate(), UPDATE_TICK_MS).unref();
  }

  await marker.update(null);
  await refreshMenu();
  show();
  if (process.argv.includes(START_CHECK_FLAG) && window !== undefined) {
    process.stdout.write(`${await answerThroughWindow(window.webContents)}\n`);
    await quit.closeNow();
    return;
  }
  open = (folder) => void openLibrary(folder);
  const first = wanted ?? marker.left?.libraryFolder ?? undefined;
  if (first !== undefined) await openLibrary(first);
}

/** Notifications that are shown; one that nobody holds is collected, and its click with it. */
const shown = new Set<Notification>();

function showNotice({ title, body }: Notice, onClick: () => void): void {
  const notification = new Notification({ title, body });
  shown.add(notification);
  notification.on('click', onClick);
  notification.on('close', () => shown.delete(notification));
  notification.show();
}
