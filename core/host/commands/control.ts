import { Argument, type Command } from 'commander';
import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import {
  liveKeys,
  liveSettingsSchema,
  trainingCommandSchema,
  type TrainingCommand,
} from '../../contract/training-command.ts';
import { describeField } from '../../contract/training-config.ts';
import { isProcessAlive } from '../../library/process-alive.ts';
import { effectiveStatus } from '../../library/run-status.ts';
import { sendCommand } from '../../studio/training/control-inbox.ts';
import { findRun } from '../../studio/runs/runs.ts';
import { flagOf } from '../../studio/training/training-flag.ts';
import { addCommand } from '../command.ts';
import { withLibrary } from '../open-library.ts';
import { settingsFrom } from '../training-flags.ts';

const KINDS = trainingCommandSchema.options.map((option) => option.shape.kind.value);

/** Statuses in which a training takes commands. */
const LISTENING: ReadonlySet<string> = new Set(['warming', 'running', 'paused']);

export function addControl(program: Command): void {
  addCommand(
    program,
    'control',
    {
      summary: 'Steer a training that runs in another terminal',
      examples: ['control pause', 'control resume', 'control change --lambda 0.3 --kg 2', 'control stop'],
      notes: [
        'pause keeps everything in memory, release saves and frees the device, resume goes on, stop saves and ends, cancel ends at the last checkpoint, checkpoint and preview are made now, change takes new settings from the next step on.',
      ],
    },
    (command) => {
      command
        .addArgument(new Argument('<what>', 'what the training should do').choices(KINDS))
        .option('--run <name>', 'the run: its name, or last', 'last');
      for (const key of liveKeys)
        command.option(`${flagOf(key)} <value>`, `with change: ${describeField(key).label}`);
      return command;
    },
    async (context, [what], options) => {
      await withLibrary(context, 'read', async (library) => {
        const run = findRun(library, z.string().parse(options.run));
        const status = effectiveStatus(run, Date.now(), isProcessAlive);
        if (!LISTENING.has(status)) {
          throw new StudioError('not-found', `${run.name} is ${status}: nobody listens.`, {
            remedy: 'Start it with "simgan train", or go on with it with "simgan train --resume last".',
          });
        }
        const command = commandFrom(what, options);
        await sendCommand(library.runFolder(run.id), command);
        context.terminal.line(`${run.name} will ${what} as soon as the update under way is done.`);
        context.terminal.result({ run: run.name, command });
      });
    },
  );
}

function commandFrom(what: string, options: Readonly<Record<string, unknown>>): TrainingCommand {
  const settings = settingsFrom(options, liveKeys, liveSettingsSchema);
  const isChange = what === 'change';
  if (isChange === Object.keys(settings).length > 0) {
    return trainingCommandSchema.parse(isChange ? { kind: what, settings } : { kind: what });
  }
  throw new StudioError(
    'bad-usage',
    isChange
      ? 'No setting was named to change.'
      : `Settings go with "control change", not with "control ${what}".`,
    { remedy: `Example: simgan control change ${flagOf(liveKeys[0])} 0.5` },
  );
}
