import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackedPath } from '../core/base/unpacked-path.ts';

/** Where the program's own files lie: above `electron/`, in the packed program and in a build alike. */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Files of the built program; scripts/build-electron.ts makes all of them but the window. */
export const programFiles = {
  package: join(ROOT, 'package.json'),
  windowFolder: join(ROOT, 'renderer'),
  preload: join(ROOT, 'electron', 'preload.cjs'),
  worker: join(ROOT, 'electron', 'worker.js'),
  engineProbe: join(ROOT, 'core', 'engine', 'probe', 'probe-child.js'),
  icon: join(ROOT, 'resources', 'icon.png'),
  trayIcon: join(ROOT, 'resources', 'tray.png'),
  /** For another program to open, which knows nothing of the archive. */
  licences: unpackedPath(join(ROOT, 'resources', 'licences.txt')),
} as const;
