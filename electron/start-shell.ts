import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  app,
  dialog,
  ipcMain,
  nativeTheme,
  powerSaveBlocker,
  protocol,
  session,
  shell,
  type BrowserWindow,
} from 'electron';
import logger from 'electron-log/node';
import { stateFolder } from '../core/base/state-folder.ts';
import { messageOf, StudioError } from '../core/base/studio-error.ts';
import { PROGRAM_VERSION } from '../core/base/version.ts';
import { APP_SCHEME } from './app-address.ts';
import { programFiles } from './app-folders.ts';
import { showMenu } from './app-menu.ts';
import { createSchemeHandler } from './app-scheme.ts';
import { askWhenBusy, openAsking } from './open-asking.ts';
import { createMainRecovery } from './crash-recovery.ts';
import { serveStudio } from './ipc.ts';
import { createKeepAwake } from './keep-awake.ts';
import { guardContents, guardSession } from './lockdown.ts';
import { LOG_FOLDER, setUpLogFile } from './log-file.ts';
import { showNotice } from './notice.ts';
import { openStudio } from './open-studio.ts';
import { createOrderedKills } from './ordered-kills.ts';
import { choiceOfButton, quitQuestion } from './quit-question.ts';
import { createQuitSupervisor } from './quit-supervisor.ts';
import { openSessionMarker } from './session-marker.ts';
import { answerThroughWindow, START_CHECK_FLAG } from './start-check.ts';
import { followStudio } from './studio-effects.ts';
import { openStudioWindow } from './studio-window.ts';
import { followSystem } from './system-events.ts';
import { createTray } from './tray.ts';
import { watchForUpdates } from './watch-for-updates.ts';

/** Training saves a checkpoint in this time, also a large one on a slow disk. */
const CLOSE_LIMIT_MS = 120_000;
/** After a fault nobody knows what still works; what was recorded is whole in any case. */
const CLOSE_AFTER_FAULT_LIMIT_MS = 15_000;

export interface StartedShell {
  readonly openLibrary: (folder: string) => void;
  /** The library that was open when the last session ended badly. */
  readonly leftOpen: string | undefined;
}

/**
 * Brings the parts of the shell together: studio, window, messages, menu, and what happens when it ends. Undefined where
 * the program was started only to see whether it does.
 */
export async function startShell(): Promise<StartedShell | undefined> {
  const userFolder = stateFolder();
  const withDeveloperTools = !app.isPackaged || process.argv.includes('--developer-tools');
  setUpLogFile(logger, join(userFolder, LOG_FOLDER), app.isPackaged);
  logger.info(`SimGAN Studio ${PROGRAM_VERSION}, Electron ${process.versions.electron}, ${process.platform}`);
  const onFault = (error: unknown): void => logger.error(messageOf(error), error);
  const warn = (text: string): void => logger.warn(text);
  const marker = openSessionMarker(join(userFolder, 'session.json'));
  if (marker.left) warn(`The session of ${marker.left.startedAt} did not end well.`);

  let window: BrowserWindow | undefined;
  const orderedKills = createOrderedKills();
  const studio = openStudio(userFolder, logger, orderedKills, () => window);
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

  const openWindow = (): BrowserWindow => {
    const opened = openStudioWindow({
      preloadFile: programFiles.preload,
      iconFile: programFiles.icon,
      withDeveloperTools,
      log: warn,
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
    opened.on('closed', () => (window = undefined));
    return opened;
  };
  const show = (): void => {
    tray.hide();
    if (window === undefined) {
      // It shows itself when it has painted.
      window = openWindow();
      effects.refresh();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  const tray = createTray(programFiles.trayIcon, show, requestQuit);

  const openLibrary = async (folder: string): Promise<void> => {
    show();
    try {
      await openAsking(studio, folder, (work) => askWhenBusy(dialog, window, work));
    } catch (error) {
      const detail = error instanceof StudioError ? error.remedy : 'The log says more.';
      dialog.showErrorBox(messageOf(error), detail);
    }
  };
  const refreshMenu = (): Promise<void> =>
    showMenu({
      studio,
      effects,
      withDeveloperTools,
      act: (action) => {
        show();
        messages.send({ type: 'command', action });
      },
      openLibrary: (folder) => void openLibrary(folder),
    });

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
  followSystem({
    show,
    openLibrary: (folder) => void openLibrary(folder),
    requestQuit,
    closeNow,
    isClosed: () => quit.isClosed(),
    onSuspend: () => void effects.saveTrainings().catch(onFault),
    orderedKills,
    log: warn,
  });
  watchForUpdates(effects, onFault);

  await marker.update(null);
  await refreshMenu();
  show();
  if (process.argv.includes(START_CHECK_FLAG) && window !== undefined) {
    process.stdout.write(`${await answerThroughWindow(window.webContents)}\n`);
    await quit.closeNow();
    return undefined;
  }
  return {
    openLibrary: (folder) => void openLibrary(folder),
    leftOpen: marker.left?.libraryFolder ?? undefined,
  };
}
