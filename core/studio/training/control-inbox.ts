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

/** Leaves a command for whoever trains the run. */
export async function sendCommand(runFolder: string, command: TrainingCommand): Promise<void> {
  // By the time since the machine started, which no change of the clock turns back.
  const order = `${String(process.hrtime.bigint()).padStart(20, '0')}-${randomBytes(3).toString('hex')}`;
  await writeFileAtomic(join(inboxFolder(runFolder), `${order}.json`), JSON.stringify(command));
}

/** Takes commands as they come; those that were left for an earlier training of the run are dropped. */
export function openInbox(runFolder: string): TrainingCommands {
  const folder = inboxFolder(runFolder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const oldest = (): string | undefined =>
    readdirSync(folder)
      .filter((one) => /^\d.*\.json$/.test(one))
      .sort()
      .at(0);
  return {
    isWaiting: () => oldest() !== undefined,
    take() {
      const name = oldest();
      if (name === undefined) return undefined;
      const path = join(folder, name);
      const text = readFileSync(path, 'utf8');
      rmSync(path);
      const parsed = trainingCommandSchema.safeParse(JSON.parse(text));
      return parsed.success ? parsed.data : undefined;
    },
  };
}
