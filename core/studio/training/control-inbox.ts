import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
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

/** Takes commands as they come; those that were left for an earlier training of the run are dropped. */
export function openInbox(runFolder: string): Inbox {
  const folder = inboxFolder(runFolder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const read = (name: string): TrainingCommand | undefined =>
    trainingCommandSchema.safeParse(JSON.parse(readFileSync(join(folder, name), 'utf8'))).data;
  const oldest = (kinds?: readonly Kind[]): string | undefined =>
    readdirSync(folder)
      .filter((name) => /^\d.*\.json$/.test(name))
      .sort()
      .find((name) => kinds === undefined || kinds.some((kind) => kind === read(name)?.kind));
  let lookedMs = -Infinity;
  return {
    isWaiting(kinds) {
      if (performance.now() - lookedMs < LOOK_EVERY_MS) return false;
      lookedMs = performance.now();
      return oldest(kinds) !== undefined;
    },
    take(kinds) {
      const name = oldest(kinds);
      if (name === undefined) return undefined;
      const command = read(name);
      rmSync(join(folder, name));
      return command;
    },
  };
}
