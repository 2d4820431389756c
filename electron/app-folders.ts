import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the program's own files lie: the root above `electron/`, in the packed program and in a build alike. */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Files of the built program. All of them are made by scripts/build-electron.ts. */
export const programFiles = {
  windowFolder: join(ROOT, 'renderer'),
  preload: join(ROOT, 'electron', 'preload.cjs'),
  worker: join(ROOT, 'electron', 'worker.js'),
  engineProbe: join(ROOT, 'core', 'engine', 'probe', 'probe-child.js'),
  icon: join(ROOT, 'resources', 'icon.png'),
  trayIcon: join(ROOT, 'resources', 'tray.png'),
  licences: join(ROOT, 'resources', 'licences.txt'),
} as const;

/** Files of this user, below Electron's folder for them. */
export function userFiles(userDataFolder: string) {
  return {
    stateFolder: join(userDataFolder, 'studio'),
    logFolder: join(userDataFolder, 'studio', 'logs'),
    folderMemory: join(userDataFolder, 'folders.json'),
    sessionMarker: join(userDataFolder, 'session.json'),
  } as const;
}
