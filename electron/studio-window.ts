import { BrowserWindow, dialog, nativeTheme, type RenderProcessGoneDetails } from 'electron';
import { START_URL } from './app-address.ts';
import { createPageRecovery } from './crash-recovery.ts';
import { windowOptions } from './window-options.ts';

interface StudioWindowParts {
  readonly preloadFile: string;
  readonly iconFile: string;
  readonly withDeveloperTools: boolean;
  readonly log: (text: string) => void;
  readonly onFault: (error: unknown) => void;
  readonly quit: () => void;
  /** The user closes the window; true lets it go. */
  readonly mayClose: () => boolean;
  /** Windows is about to shut down or log off. */
  readonly onSessionEnd: () => void;
}

/** Opens the window of the studio, and loads its page again should it die. */
export function openStudioWindow(parts: StudioWindowParts): BrowserWindow {
  const window = new BrowserWindow(
    windowOptions({
      preloadFile: parts.preloadFile,
      iconFile: parts.iconFile,
      withDeveloperTools: parts.withDeveloperTools,
      isDark: nativeTheme.shouldUseDarkColors,
    }),
  );
  const recovery = createPageRecovery({
    now: () => performance.now(),
    reload: () => window.reload(),
    ask: (reason) => askAboutPage(window, reason),
    quit: parts.quit,
    onFault: parts.onFault,
  });
  window.once('ready-to-show', () => window.show());
  // The page's own title would hide what is at work.
  window.on('page-title-updated', (event) => event.preventDefault());
  window.on('close', (event) => {
    if (!parts.mayClose()) event.preventDefault();
  });
  window.on('query-session-end', () => parts.onSessionEnd());
  window.on('unresponsive', () => parts.log('The window does not answer.'));
  window.on('responsive', () => parts.log('The window answers again.'));
  window.webContents.on('render-process-gone', (_, { reason, exitCode }: RenderProcessGoneDetails) => {
    parts.log(`The page of the window is gone: ${reason}, code ${exitCode}.`);
    recovery.gone(reason);
  });
  window.loadURL(START_URL).catch((error: unknown) => parts.onFault(error));
  return window;
}

async function askAboutPage(window: BrowserWindow, reason: string): Promise<'reload' | 'quit'> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'The window has failed twice within a minute.',
    detail: `Jobs go on all the same. (${reason})`,
    buttons: ['Load it again', 'Quit'],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1 ? 'quit' : 'reload';
}
