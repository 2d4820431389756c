import { Argument, type Command } from 'commander';
import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import { workOffQueue } from '../../studio/queue/queue-work.ts';
import { listQueue, requestRemoval } from '../../studio/queue/queue.ts';
import { addCommand, EXIT, type CommandContext } from '../command.ts';
import { withEngine } from '../engine-options.ts';
import { withLibrary } from '../open-library.ts';
import { takeInNow } from '../queue-intake.ts';
import { runSummary } from '../run-summary.ts';
import { grouped, table } from '../terminal.ts';

const WHAT = ['list', 'run', 'remove'] as const;

export function addQueue(program: Command): void {
  addCommand(
    program,
    'queue',
    {
      summary: 'List the trainings that wait, work them off, or take one out',
      examples: ['queue', 'queue run', 'queue remove "run 4"'],
      notes: [
        'Trainings come in with "simgan train … --queue", at any time, also while another one runs. queue run trains them one by one until none is left; after a crash it goes on where it was. Ctrl-C puts the current one back; "simgan control stop" ends it for good.',
      ],
    },
    (command) =>
      command
        .addArgument(new Argument('[what]', 'what to do').choices(WHAT).default('list'))
        .addArgument(new Argument('[name]', 'with remove: the run')),
    async (context, [what = 'list', name]) => {
      switch (z.enum(WHAT).parse(what)) {
        case 'list':
          await list(context);
          return;
        case 'run':
          await run(context);
          return;
        case 'remove':
          await remove(context, name);
      }
    },
  );
}

async function list(context: CommandContext): Promise<void> {
  const { terminal } = context;
  const items = await withLibrary(context, 'read', listQueue);
  terminal.result(items);
  if (items.length === 0) {
    terminal.line('The queue is empty. Put a training into it with "simgan train … --queue".');
    return;
  }
  terminal.line(
    table(
      [
        { title: 'name' },
        { title: 'status' },
        { title: 'step', align: 'right' },
        { title: 'synthetic' },
        { title: 'real' },
        { title: 'engine' },
      ],
      items.map(({ name, status, step, steps, synthetic, real, engine }) => [
        name,
        status,
        `${grouped(step)}/${grouped(steps)}`,
        synthetic,
        real,
        engine,
      ]),
    ),
  );
}

async function run(context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  await withLibrary(context, 'write', async (library) => {
    const { ended, skipped, putBack } = await workOffQueue(
      library,
      (wish, work) => withEngine(wish, terminal, work),
      { signal, onProgress: terminal.progress, onNote: terminal.note },
    );
    terminal.endProgress();
    const summaries = ended.map((one) => runSummary(library, one));
    for (const { name, status, step, totalSteps, time } of summaries) {
      terminal.line(`${name}: ${status} at step ${step} of ${totalSteps}, ${time}`);
    }
    if (putBack) terminal.line(`${putBack.name} is put back after step ${putBack.step}.`);
    if (skipped.length > 0) terminal.line(`Skipped, and still in the queue: ${skipped.join(', ')}`);
    if (summaries.length === 0 && skipped.length === 0 && !putBack) terminal.line('The queue is empty.');
    terminal.result({ ended: summaries, skipped, putBack: putBack?.name ?? null });
    if (skipped.length > 0 || summaries.some(({ status }) => status === 'failed')) {
      process.exitCode = EXIT.failed;
    }
  });
}

async function remove(context: CommandContext, name: string | undefined): Promise<void> {
  if (name === undefined) {
    throw new StudioError('bad-usage', 'Which training shall be taken out of the queue?', {
      remedy: 'Name it: simgan queue remove "run 4"; "simgan queue" lists them.',
    });
  }
  await withLibrary(context, 'read', (library) => requestRemoval(library, name));
  await takeInNow(context);
  context.terminal.line(`${name} is out of the queue.`);
  context.terminal.result({ removed: name });
}
