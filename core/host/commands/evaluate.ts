import type { Command } from 'commander';
import type { Library } from '../../library/library.ts';
import { evaluateRun, type RunEvaluation } from '../../studio/evaluation/evaluation-run.ts';
import { comparisonOf, verdictOf } from '../../studio/evaluation/evaluation-summary.ts';
import { writeRunReport } from '../../studio/runs/run-report.ts';
import { addCommand } from '../command.ts';
import { addEngineOptions, engineWish, withEngine } from '../engine-options.ts';
import { withLibrary } from '../open-library.ts';
import { addRunOptions, checkpointFrom } from '../run-options.ts';
import { table, type Terminal } from '../terminal.ts';

export function addEvaluate(program: Command): void {
  addCommand(
    program,
    'evaluate',
    {
      summary: 'Measure what refining did: realism, labels, and what an estimator gains',
      examples: ['evaluate', 'evaluate --run "run 2" --step 400'],
    },
    (command) => addEngineOptions(addRunOptions(command)),
    async (context, _arguments, options) => {
      const { terminal, signal } = context;
      await withLibrary(context, 'write', async (library: Library) => {
        const { run, checkpoint } = checkpointFrom(library, options);
        const evaluation = await withEngine(engineWish(options), terminal, () =>
          evaluateRun(library, run, checkpoint, { signal, onProgress: terminal.progress }),
        );
        const report = await writeRunReport(library, run, checkpoint, evaluation);
        terminal.endProgress();
        printEvaluation(terminal, evaluation);
        terminal.line(`Report: ${report}`);
        terminal.result({ ...evaluation, report });
      });
    },
  );
}

/** The table of before and after, what it says, and what to keep in mind. */
export function printEvaluation(terminal: Terminal, evaluation: RunEvaluation): void {
  const { columns, rows } = comparisonOf(evaluation);
  terminal.line(
    table(
      [{ title: '' }, ...columns.map((title) => ({ title, align: 'right' as const })), { title: 'better?' }],
      rows.map(({ label, cells, better }) => [label, ...cells, better ?? '']),
    ),
  );
  for (const sentence of verdictOf(evaluation)) terminal.line(sentence);
  for (const caveat of evaluation.caveats) terminal.line(`Note: ${caveat}`);
}
