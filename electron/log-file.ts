import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeLogger } from 'electron-log';

const LARGEST_BYTES = 5 * 1024 * 1024;
const KEPT_OLD_FILES = 4;

/**
 * Sets electron-log up: one file in the folder, at 5 MiB put aside as `studio.1.log`, and so on to the fourth; the oldest
 * goes. Nothing is written to a terminal but in development.
 *
 * @param logger of electron-log/node: its main edition would listen to messages of any page
 */
export function setUpLogFile(logger: NodeLogger, folder: string, isPackaged: boolean): void {
  const file = join(folder, 'studio.log');
  logger.transports.file.resolvePathFn = () => file;
  logger.transports.file.maxSize = LARGEST_BYTES;
  logger.transports.file.archiveLogFn = ({ path }) => rotate(path);
  if (isPackaged) logger.transports.console.level = false;
}

/** `a.log` becomes `a.1.log`, which becomes `a.2.log` … */
export function rotate(file: string): void {
  const old = (number: number): string => file.replace(/\.log$/, `.${number}.log`);
  rmSync(old(KEPT_OLD_FILES), { force: true });
  for (let number = KEPT_OLD_FILES - 1; number >= 1; number--) renameIfThere(old(number), old(number + 1));
  renameIfThere(file, old(1));
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
