import { join } from 'node:path';
import { app, dialog, Notification, powerMonitor, shell, utilityProcess, type BrowserWindow } from 'electron';
import type { NodeLogger } from 'electron-log';
import { PROGRAM_VERSION } from '../core/base/version.ts';
import { createStudio } from '../core/studio/service/create-studio.ts';
import type { Studio } from '../core/studio/service/studio.ts';
import { programFiles } from './app-folders.ts';
import { withChildren } from './child-relay.ts';
import { createElectronShell } from './electron-shell.ts';
import { openFolderMemory } from './folder-memory.ts';
import { LOG_FOLDER, readLogFiles } from './log-file.ts';
import type { OrderedKills } from './ordered-kills.ts';
import { utilityLauncher } from './utility-launcher.ts';

/** The studio with Electron as its home: its dialogs, its processes, its log. Only after the app is ready. */
export function openStudio(
  userFolder: string,
  logger: NodeLogger,
  orderedKills: Pick<OrderedKills, 'add'>,
  window: () => BrowserWindow | undefined,
): Studio {
  const fork = utilityProcess.fork.bind(utilityProcess);
  const launcher = (entryFile: string, name: string) =>
    utilityLauncher(fork, entryFile, name, () => orderedKills.add(name));
  const launchProbe = launcher(programFiles.engineProbe, 'SimGAN engine probe');
  const launchWorker = launcher(programFiles.worker, 'SimGAN worker');
  return createStudio({
    version: PROGRAM_VERSION,
    stateFolder: userFolder,
    onLog: ({ level, source, text }) => logger[level](`[${source}] ${text}`),
    launchWorker: () => withChildren(launchWorker(), launchProbe),
    shell: createElectronShell({
      dialog,
      shell,
      powerMonitor,
      window,
      memory: openFolderMemory(join(userFolder, 'folders.json')),
      logFiles: () => readLogFiles(join(userFolder, LOG_FOLDER)),
      documentsFolder: app.getPath('documents'),
      platform: process.platform,
      notifications: Notification.isSupported(),
    }),
  });
}
