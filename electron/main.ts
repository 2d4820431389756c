import { app, crashReporter, dialog, protocol } from 'electron';
import { messageOf } from '../core/base/studio-error.ts';
import { APP_SCHEME_PRIVILEGES } from './app-scheme.ts';
import { libraryOfArguments, libraryOfPath } from './library-argument.ts';
import { startShell } from './start-shell.ts';
import type { SecondStart } from './system-events.ts';

/** As electron-builder.config.ts names it: Windows finds the program's notifications and recent libraries by it. */
const APP_ID = 'io.github.simgan-studio';

// What must be said before the app is ready.
app.enableSandbox();
app.setAppUserModelId(APP_ID);
protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES]);
crashReporter.start({ uploadToServer: false });

// macOS tells which library was double-clicked, also before the app is ready.
let wanted = libraryOfArguments(process.argv.slice(1), process.cwd());
let openLibrary = (folder: string): void => {
  wanted = folder;
};
app.on('open-file', (event, path) => {
  event.preventDefault();
  const folder = libraryOfPath(path);
  if (folder !== undefined) openLibrary(folder);
});

if (app.requestSingleInstanceLock({ library: wanted ?? null } satisfies SecondStart)) {
  app
    .whenReady()
    .then(async () => {
      const shell = await startShell();
      if (shell === undefined) return;
      openLibrary = shell.openLibrary;
      const first = wanted ?? shell.leftOpen;
      if (first !== undefined) openLibrary(first);
    })
    .catch((error: unknown) => {
      dialog.showErrorBox('SimGAN Studio could not be started', messageOf(error));
      app.exit(1);
    });
} else {
  app.quit();
}
