import { renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeLogger } from 'electron-log';

/** Below the user's folder. */
export const LOG_FOLDER = 'logs';

const FILE_NAME = 'studio.log';
const LARGEST_BYTES = 5 * 1024 * 1024;
const KEPT_OLD_FILES = 4;
const MOST_CHARACTERS_READ = 500_000;

/**
 * Sets electron-log up: one file in the folder, at 5 MiB put aside as `studio.1.log`, and so on to the fourth; the oldest
 * goes. Nothing is written to a terminal but in development.
 *
 * @param logger of electron-log/node: its main edition would listen to messages of any page
 */
export function setUpLogFile(logger: NodeLogger, folder: string, isPackaged: boolean): void {
  const file = join(folder, FILE_NAME);
  // Otherwise it looks for a package.json in the working folder, and writes nothing where there is none to be read.
  logger.transports.file.setAppName('SimGAN Studio');
  logger.transports.file.resolvePathFn = () => file;
  logger.transports.file.maxSize = LARGEST_BYTES;
  logger.transports.file.archiveLogFn = ({ path }) => rotate(path);
  if (isPackaged) logger.transports.console.level = false;
}

/** What the newest two files hold, as far as it is of use to whoever looks for a fault: the end of each, oldest first. */
export async function readLogFiles(folder: string): Promise<{ name: string; text: string }[]> {
  const files: { name: string; text: string }[] = [];
  for (const name of ['studio.1.log', FILE_NAME]) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    if (text !== undefined) files.push({ name, text: text.slice(-MOST_CHARACTERS_READ) });
  }
  return files;
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
