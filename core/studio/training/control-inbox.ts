import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { setAside } from '../../base/set-aside.ts';
import { trainingCommandSchema, type TrainingCommand } from '../../contract/training-command.ts';
import type { TrainingCommands } from '../../simgan/training-job.ts';

/**
 * Commands to a run travel as small files in its folder: they reach a training in any process, in order, without the
 * library's lock, and survive if it is busy.
 */
const inboxFolder = (runFolder: string): string => join(runFolder, 'control');

/** It is asked for commands before every convolution, some of which take less than a look into the folder does. */
const LOOK_EVERY_MS = 50;

/** Leaves a command for whoever trains the run. */
export async function sendCommand(runFolder: string, command: TrainingCommand): Promise<void> {
  // By the time since the machine started, which no change of the clock turns back.
  const order = `${String(process.hrtime.bigint()).padStart(20, '0')}-${randomBytes(3).toString('hex')}`;
  await writeFileAtomic(join(inboxFolder(runFolder), `${order}.json`), JSON.stringify(command));
}

type Kind = TrainingCommand['kind'];

export interface Inbox extends TrainingCommands {
  /** The oldest command, of these kinds if they are given; the others stay. */
  take(kinds?: readonly Kind[]): TrainingCommand | undefined;
  isWaiting(kinds?: readonly Kind[]): boolean;
}

interface Waiting {
  readonly name: string;
  readonly command: TrainingCommand;
}

/**
 * Takes commands as they come; those that were left for an earlier training of the run are dropped, and a file that is
 * no command is set aside.
 *
 * @param onNote told in a sentence of a file that was set aside
 */
export function openInbox(runFolder: string, onNote: (text: string) => void): Inbox {
  const folder = inboxFolder(runFolder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const read = (name: string): TrainingCommand | undefined => {
    const path = join(folder, name);
    try {
      return trainingCommandSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      onNote(`The command ${path} cannot be read. It is kept as ${setAside(path)}; give the command again.`);
      return undefined;
    }
  };
  const oldest = (kinds?: readonly Kind[]): Waiting | undefined => {
    const names = readdirSync(folder).filter((name) => /^\d.*\.json$/.test(name));
    for (const name of names.sort()) {
      const command = read(name);
      if (command && (kinds === undefined || kinds.includes(command.kind))) return { name, command };
    }
    return undefined;
  };
  let lookedMs = -Infinity;
  return {
    isWaiting(kinds) {
      if (performance.now() - lookedMs < LOOK_EVERY_MS) return false;
      lookedMs = performance.now();
      return oldest(kinds) !== undefined;
    },
    take(kinds) {
      const waiting = oldest(kinds);
      if (waiting) rmSync(join(folder, waiting.name));
      return waiting?.command;
    },
  };
}
