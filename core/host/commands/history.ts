import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { StudioError } from '../../base/studio-error.ts';
import { contactSheet } from '../../datasets/pixels/contact-sheet.ts';
import type { Library } from '../../library/library.ts';
import {
  exportHistory,
  readHistoryImages,
  viewHistory,
  type HistoryImage,
  type HistoryView,
} from '../../studio/previews/history-view.ts';
import { picturesOf } from '../../studio/previews/previews.ts';
import { findRun, mustGetRun, preprocessingOf } from '../../studio/runs/runs.ts';
import { addCommand, parseOption } from '../command.ts';
import { withLibrary } from '../open-library.ts';
import { bar, grouped, table, type Terminal } from '../terminal.ts';

const text = z.string().optional();

export function addHistory(program: Command): void {
  addCommand(
    program,
    'history',
    {
      summary: 'See what the history buffer of a run held after any step',
      examples: [
        'history',
        'history --step 250 --list',
        'history --run "run 2" --step 400 --sheet buffer.png',
        'history --step 400 --export buffer/',
      ],
      notes: [
        'Which image was in the buffer is on record for every step. Pixels are kept with checkpoints: at the step of a checkpoint all of them are there, between two checkpoints those that lasted until the second.',
        'Any checkpoint can start a run of its own, with this very buffer:',
        '  $ simgan train --branch RUN --from-step N',
      ],
    },
    (command) =>
      command
        .option('--run <name>', 'the run: its name, or last', 'last')
        .option('--step <step>', 'after which step (default: the last on record; 0 and below: pre-training)')
        .option(
          '--list',
          'list every image: slot, step in which it came and that of the one that went, source',
        )
        .option('--sheet <file>', 'write the pictures as one PNG, the oldest first')
        .option('--count <images>', 'with --sheet: at most so many, evenly chosen by age', '96')
        .option('--columns <count>', 'with --sheet: images in a row', '12')
        .option('--scale <factor>', 'with --sheet: whole-number enlargement', '2')
        .option('--export <folder>', 'write every picture as a PNG, and history.jsonl, into a new folder'),
    async ({ terminal, ...context }, _arguments, options) => {
      const step =
        options.step === undefined ? undefined : parseOption(z.coerce.number().int(), options.step, '--step');
      const number = (name: string, most: number): number =>
        parseOption(z.coerce.number().int().min(1).max(most), options[name], `--${name}`);
      const layout = { count: number('count', 10_000), columns: number('columns', 100) };
      const scale = number('scale', 16);
      const [sheet, folder] = [text.parse(options.sheet), text.parse(options.export)];
      await withLibrary({ terminal, ...context }, 'read', async (library) => {
        const view = viewHistory(library, findRun(library, z.string().parse(options.run)), step);
        printView(terminal, view);
        if (options.list === true) terminal.line(listOf(view.images));
        const written = {
          ...(sheet === undefined
            ? {}
            : { sheet: await writeSheet(library, view, resolve(sheet), { ...layout, scale }) }),
          ...(folder === undefined ? {} : { export: await exportHistory(library, view, resolve(folder)) }),
        };
        if (written.sheet) {
          terminal.line(
            `${grouped(written.sheet.pictures)} pictures, the oldest first, in ${written.sheet.file}`,
          );
        }
        if (written.export) {
          const { pictures, withoutPicture } = written.export;
          terminal.line(`${grouped(pictures)} pictures and history.jsonl in ${written.export.folder}`);
          if (withoutPicture > 0) terminal.line(`${grouped(withoutPicture)} lines have no picture.`);
        }
        for (const message of new Set(
          [written.sheet, written.export].flatMap((one) => one?.unreadable ?? []),
        )) {
          terminal.note(`Left out: ${message}`);
        }
        const { images, ...facts } = view;
        terminal.result({
          ...facts,
          count: images.length,
          onDisk: images.filter(({ onDisk }) => onDisk).length,
          ...(options.list === true ? { images } : {}),
          ...written,
        });
      });
    },
  );
}

function printView(terminal: Terminal, view: HistoryView): void {
  const { run, step, images, capacity, distinctSources, oldestStep, newestStep, ages, batch } = view;
  terminal.line(
    `${run} after step ${step}: ${grouped(images.length)} of ${grouped(capacity)} places of the history buffer are filled`,
  );
  terminal.line(
    `from ${grouped(distinctSources)} different synthetic images, refined in the steps ${oldestStep} to ${newestStep}`,
  );
  terminal.line(
    batch.fromBuffer > 0
      ? `${batch.fromBuffer} of the ${batch.refined} refined images that each discriminator update sees come from here`
      : `too few yet: all ${batch.refined} refined images that a discriminator update sees are fresh`,
  );
  terminal.line();
  terminal.line('age in steps');
  const most = Math.max(...ages.counts);
  const labels = ages.counts.map((_, bin) =>
    ages.binSteps === 1 ? String(bin) : `${bin * ages.binSteps}–${(bin + 1) * ages.binSteps - 1}`,
  );
  const width = Math.max(...labels.map(({ length }) => length));
  ages.counts.forEach((count, bin) => {
    terminal.line(`  ${labels[bin].padStart(width)}  ${bar(count / most).padEnd(24)}  ${grouped(count)}`);
  });
  terminal.line();
  terminal.line(picturesSentence(view));
}

function picturesSentence({ images, isCheckpoint, step }: HistoryView): string {
  const gone = images.filter(({ onDisk }) => !onDisk).length;
  if (isCheckpoint) return `All pictures are on disk, with the checkpoint of step ${step}.`;
  if (gone === 0) return 'All pictures are on disk.';
  return `${grouped(images.length - gone)} pictures are on disk; ${grouped(gone)} came after the last checkpoint and are known by name only.`;
}

function listOf(images: readonly HistoryImage[]): string {
  return table(
    [
      { title: 'slot', align: 'right' },
      { title: 'entered', align: 'right' },
      { title: 'age', align: 'right' },
      { title: 'in place of', align: 'right' },
      { title: 'picture' },
      { title: 'source' },
    ],
    images.map(({ slot, enteredStep, ageSteps, replacedStep, onDisk, source, sourceImageId }) => [
      String(slot),
      String(enteredStep),
      String(ageSteps),
      replacedStep === null ? '–' : String(replacedStep),
      onDisk ? 'on disk' : '–',
      source ?? `image ${sourceImageId}, removed`,
    ]),
  );
}

async function writeSheet(
  library: Library,
  view: HistoryView,
  file: string,
  layout: { readonly count: number; readonly columns: number; readonly scale: number },
): Promise<{ readonly file: string; readonly pictures: number; readonly unreadable: readonly string[] }> {
  const kept = view.images
    .filter(({ onDisk }) => onDisk)
    .sort((left, right) => left.enteredStep - right.enteredStep || left.slot - right.slot);
  const length = Math.min(kept.length, layout.count);
  const chosen = Array.from(
    { length },
    (_, index) => kept[Math.floor(((index + 0.5) * kept.length) / length)],
  );
  const read = await readHistoryImages(library, view, chosen);
  const size = preprocessingOf(library, mustGetRun(library, view.runId));
  const pictures = chosen.flatMap(({ slot }) =>
    picturesOf(read.pictures.get(slot) ?? new Float32Array(), size),
  );
  if (pictures.length === 0) {
    throw new StudioError(
      'not-found',
      `None of the pictures that the buffer held after step ${view.step} is on disk.`,
      { remedy: 'Name the step of a checkpoint with --step.', details: { step: view.step } },
    );
  }
  const { columns, scale } = layout;
  await writeFileAtomic(file, contactSheet(pictures, { columns, scale, gapGrey: 128 }));
  return { file, pictures: pictures.length, unreadable: read.unreadable };
}
