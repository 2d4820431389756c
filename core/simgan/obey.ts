import { assertNever } from '../base/assert.ts';
import { withSettings } from '../contract/training-command.ts';
import { checkpointPath, readCheckpoint, type SavedCheckpoint } from './checkpoint.ts';
import { stepAfter } from './schedule.ts';
import { openSession, type Session } from './session.ts';
import type { TrainingCommands, TrainingEvents, TrainingJob } from './training-job.ts';

/** Takes every waiting command; while paused, waits for more. */
export async function obey(
  session: Session,
  job: TrainingJob,
  events: TrainingEvents,
  commands: TrainingCommands,
  save: () => Promise<SavedCheckpoint | undefined>,
  preview: () => Promise<void>,
): Promise<'go on' | 'stopped' | 'cancelled'> {
  const step = stepAfter(session.gan.config, session.position);
  let paused = false;
  const pause = (now: boolean): void => {
    if (paused !== now) events.onPaused(step, now);
    paused = now;
  };
  for (;;) {
    const command = commands.take();
    switch (command?.kind) {
      case undefined:
        if (!paused) return 'go on';
        await new Promise((resolve) => setTimeout(resolve, PAUSE_POLL_MS));
        break;
      case 'stop':
        return 'stopped';
      case 'cancel':
        return 'cancelled';
      case 'pause':
      case 'resume':
        pause(command.kind === 'pause');
        break;
      case 'release':
        pause(true);
        if (!(await waitReleased(session, job, commands, save))) return 'stopped';
        pause(false);
        break;
      case 'checkpoint':
        await save();
        break;
      case 'preview':
        await preview();
        break;
      case 'change':
        session.gan.config = withSettings(session.gan.config, command.settings);
        events.onChange(step, session.gan.config);
        session.savedPosition = -1;
        await save();
        break;
      default:
        assertNever(command, 'training command');
    }
  }
}

const PAUSE_POLL_MS = 50;

/** Frees everything on the device until told to go on; false when told to stop. */
async function waitReleased(
  session: Session,
  job: TrainingJob,
  commands: TrainingCommands,
  save: () => Promise<SavedCheckpoint | undefined>,
): Promise<boolean> {
  const { config } = session.gan;
  await save();
  session.gan.dispose();
  let goOn: boolean | undefined;
  while (goOn === undefined) {
    const kind = commands.take()?.kind;
    if (kind === 'resume') goOn = true;
    else if (kind === 'stop' || kind === 'cancel') goOn = false;
    else await new Promise((resolve) => setTimeout(resolve, PAUSE_POLL_MS));
  }
  if (!goOn) return false;
  const checkpoint = await readCheckpoint(checkpointPath(job.runFolder, stepAfter(config, session.position)));
  Object.assign(session, await openSession(job, config, checkpoint));
  return true;
}
