import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { labelFormatIds } from '../../datasets/exporters/manifest.ts';
import { exportRun } from '../../studio/export/export-run.ts';
import { driftBudgetOf } from '../../studio/refine/drift-budget.ts';
import { addCommand, parseOption } from '../command.ts';
import { withLibrary } from '../open-library.ts';
import { addRunOptions, checkpointFrom } from '../run-options.ts';
import { grouped } from '../terminal.ts';

const formatsSchema = z
  .string()
  .transform((text) => text.split(',').map((word) => word.trim()))
  .pipe(
    z.array(z.enum(labelFormatIds, { error: `give one or more of ${labelFormatIds.join(', ')}` })).min(1),
  );

const budgetSchema = z.union([
  z.literal('run'),
  z.literal('off').transform(() => undefined),
  z.coerce.number({ error: 'give a number of pixels, run or off' }).min(0).max(1000),
]);

export function addExport(program: Command): void {
  addCommand(
    program,
    'export <folder>',
    {
      summary: 'Write the refined images with their labels, and a manifest that verify re-checks',
      examples: ['export out/ --format jsonl,csv,coco', 'export out/ --run "run 2" --drift-budget 1.5'],
    },
    (command) =>
      addRunOptions(command)
        .option('--format <list>', `label files, of ${labelFormatIds.join(', ')}`, 'jsonl')
        .option(
          '--drift-budget <px>',
          'hold back images whose structure moved further; off for none, run for what it was trained with',
          'run',
        )
        .option('--include-unverified', 'export images whose drift could not be measured, too'),
    async (context, [folder], options) => {
      const { terminal, signal } = context;
      const formats = parseOption(formatsSchema, options.format, '--format');
      const budget = parseOption(budgetSchema, options.driftBudget, '--drift-budget');
      await withLibrary(context, 'write', async (library) => {
        const { run, checkpoint } = checkpointFrom(library, options);
        const request = {
          folder: resolve(folder),
          formats,
          driftBudgetPx: budget === 'run' ? driftBudgetOf(run) : budget,
          includeUnverified: options.includeUnverified === true,
        };
        const result = await exportRun(library, run, checkpoint, request, {
          signal,
          onProgress: terminal.progress,
        });
        terminal.endProgress();
        const { heldBack, imageCount, keptCount, losses, manifestSha256, strayFiles } = result;
        terminal.line(
          `${grouped(imageCount)} images of ${run.name}, step ${checkpoint.step}, in ${result.folder}`,
        );
        if (keptCount > 0) terminal.line(`${grouped(keptCount)} of them were there already`);
        const kept: [number, string][] = [
          [heldBack.overBudget, `moved by more than ${request.driftBudgetPx ?? 0} px`],
          [heldBack.unverified, 'could not be measured (--include-unverified exports them)'],
          [heldBack.excluded, 'are excluded'],
          [strayFiles.length, 'other files in the folder do not belong to this export'],
        ];
        for (const [count, why] of kept) if (count > 0) terminal.line(`${grouped(count).padStart(9)} ${why}`);
        for (const loss of losses) terminal.line(`Note: ${loss}`);
        terminal.line(`manifest ${manifestSha256}`);
        terminal.result(result);
      });
    },
  );
}
