import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { StudioError } from '../../base/studio-error.ts';
import {
  rowsAcrossRuns,
  rowsOfStep,
  rowsOverTime,
  sheetOfRows,
  type SheetRow,
} from '../../studio/previews/preview-sheet.ts';
import { findRun } from '../../studio/runs/runs.ts';
import { addCommand, parseOption } from '../command.ts';
import { withLibrary } from '../open-library.ts';
import type { Terminal } from '../terminal.ts';

export function addPreviews(program: Command): void {
  addCommand(
    program,
    'previews',
    {
      summary: 'Look at the strip of samples that a run refined again and again',
      examples: [
        'previews --out preview.png',
        'previews --run "run 2" --step 400 --out step-400.png',
        'previews --out over-time.png --every 100',
        'previews --out side-by-side.png --run "run 1" --against "run 2,run 3"',
      ],
      notes: [
        'Rows of a step: synthetic, refined, their difference, what the discriminator says of each patch, and the most similar real images. With --every: synthetic, then the refined strip after that many steps each, time going down, then real. Every preview is kept.',
      ],
    },
    (command) =>
      command
        .requiredOption('--out <file>', 'the PNG to write')
        .option('--run <name>', 'the run: its name, or last', 'last')
        .option('--step <step>', 'the step of the preview (default: the newest)')
        .option('--every <steps>', 'refined strips at least so many steps apart, in place of all of one step')
        .option(
          '--against <runs>',
          'the newest refined strips of these runs below it, names with commas between',
        )
        .option('--scale <factor>', 'whole-number enlargement', '2'),
    async (context, _arguments, options) => {
      const whole = (name: string, least: number, most: number): number | undefined =>
        options[name] === undefined
          ? undefined
          : parseOption(z.coerce.number().int().min(least).max(most), options[name], `--${name}`);
      const step = whole('step', -1e9, 1e9);
      const every = whole('every', 1, 1e9);
      const scale = whole('scale', 1, 16) ?? 1;
      const file = resolve(z.string().parse(options.out));
      const against = z.string().optional().parse(options.against);
      if ([step, every, against].filter((one) => one !== undefined).length > 1) {
        throw new StudioError(
          'bad-usage',
          '--step shows one step, --every many of them, and --against the newest of several runs.',
          { remedy: 'Give one of the three.' },
        );
      }
      await withLibrary(context, 'read', async (library) => {
        const run = findRun(library, z.string().parse(options.run));
        const others = against?.split(',').map((name) => findRun(library, name.trim()));
        const rows = others
          ? await rowsAcrossRuns(library, [run, ...others])
          : every === undefined
            ? (await rowsOfStep(library, run, step)).rows
            : await rowsOverTime(library, run, every);
        await writeFileAtomic(file, sheetOfRows(rows, scale));
        context.terminal.line(`${run.name}, previews in ${file}`);
        printLegend(context.terminal, rows);
        context.terminal.result({ run: run.name, file, rows: rows.map(({ label }) => label) });
      });
    },
  );
}

/** What is in each row of a sheet, from the top. */
export function printLegend(terminal: Terminal, rows: readonly SheetRow[]): void {
  const width = String(rows.length).length;
  rows.forEach(({ label }, index) => {
    terminal.line(`  row ${String(index + 1).padStart(width)}  ${label}`);
  });
}
