import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import { withLibrary } from '../open-library.ts';
import { runSummary } from '../run-summary.ts';
import { grouped, table } from '../terminal.ts';

export function addRuns(program: Command): void {
  addCommand(
    program,
    'runs',
    { summary: 'List the training runs of the library', examples: ['runs', 'runs --json'] },
    (command) => command,
    async (context) => {
      await withLibrary(context, 'read', (library) => {
        const summaries = library.runs.list().map((run) => runSummary(library, run));
        context.terminal.result(summaries);
        if (summaries.length === 0) {
          context.terminal.line('No runs yet. Start one with "simgan train".');
          return;
        }
        const number = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '–';
        context.terminal.line(
          table(
            [
              { title: 'name' },
              { title: 'status' },
              { title: 'step', align: 'right' },
              { title: 'change', align: 'right' },
              { title: 'realism', align: 'right' },
              { title: 'λ·reg', align: 'right' },
              { title: 'D loss', align: 'right' },
              { title: 'time', align: 'right' },
            ],
            summaries.map(({ name, status, step, totalSteps, metrics, time }) => [
              name,
              status,
              `${grouped(step)}/${grouped(totalSteps)}`,
              number(metrics['refiner.change'], 1),
              number(metrics['refiner.realism'], 3),
              number(metrics['refiner.regularization'], 3),
              number(metrics['discriminator.loss'], 3),
              time,
            ]),
          ),
        );
        context.terminal.line(
          'change in grey levels of 255; losses in nats per patch (0.693 is a coin toss)',
        );
        for (const { name, verdict, error, bestStep } of summaries) {
          const best = bestStep === null ? '' : ` Best checkpoint: step ${bestStep}.`;
          context.terminal.line(`${name}: ${error ?? verdict ?? 'Nothing is measured yet.'}${best}`);
        }
      });
    },
  );
}
