import type { Command } from 'commander';
import { refineRun } from '../../studio/refine/refinement.ts';
import { addCommand } from '../command.ts';
import { addEngineOptions, engineWish, withEngine } from '../engine-options.ts';
import { withLibrary } from '../open-library.ts';
import { addRunOptions, checkpointFrom } from '../run-options.ts';
import { grouped } from '../terminal.ts';

export function addRefine(program: Command): void {
  addCommand(
    program,
    'refine',
    {
      summary: 'Refine the whole synthetic dataset of a run, and measure every image',
      examples: ['refine', 'refine --run "run 2" --step 400'],
    },
    (command) => addEngineOptions(addRunOptions(command)),
    async (context, _arguments, options) => {
      const { terminal, signal } = context;
      await withLibrary(context, 'write', async (library) => {
        const { run, checkpoint } = checkpointFrom(library, options);
        const result = await withEngine(engineWish(options), terminal, () =>
          refineRun(library, run, checkpoint, { signal, onProgress: terminal.progress }),
        );
        terminal.endProgress();
        const statistics = library.refinedImages.statistics(run.id, checkpoint.step);
        const { meanAbsChange, driftPx } = statistics;
        terminal.line(`${run.name}, step ${checkpoint.step}: ${grouped(result.count)} images refined`);
        if (result.alreadyDone > 0) terminal.line(`${grouped(result.alreadyDone)} of them were done before`);
        if (meanAbsChange) terminal.line(`mean change  ${meanAbsChange.mean.toFixed(1)} grey levels`);
        if (driftPx) {
          terminal.line(
            `drift        median ${driftPx.median.toFixed(2)} px, 95 % below ${driftPx.percentile95.toFixed(2)} px`,
          );
        }
        terminal.result({ run: run.name, ...result, statistics });
      });
    },
  );
}
