import { Argument, type Command } from 'commander';
import { z } from 'zod';
import type { DepthMaps } from '../../contract/depth-maps.ts';
import { importers } from '../../datasets/importers/importers.ts';
import { importDataset, type ImportReport } from '../../studio/import-dataset.ts';
import { addCommand, termList } from '../command.ts';
import { readJsonOption } from '../json-option.ts';
import { withLibrary } from '../open-library.ts';
import { grouped, type Terminal } from '../terminal.ts';

const SKIPPED_SHOWN = 20;

export function addImport(program: Command): void {
  addCommand(
    program,
    'import',
    {
      summary: 'Add a folder of images: labelled synthetic ones, or real ones',
      examples: [
        'import synthetic renders/ --format unityeyes',
        'import real photos/ --copy',
        'import synthetic renders/ --format table --options mapping.json',
      ],
      notes: ['Formats:', termList(importers.map(({ id, describes }) => [id, describes]))],
    },
    (command) =>
      command
        .addArgument(new Argument('<role>', 'what the images are').choices(['synthetic', 'real']))
        .argument('<folder>', 'where the images are; read in place, never changed')
        .option('--format <id>', 'how labels are stored (default: recognised)')
        .option('--options <json>', 'options of the format, as JSON or as the name of a JSON file')
        .option('--name <name>', 'name of the dataset (default: the folder’s)')
        .option('--copy', 'copy the images into the library'),
    async (context, [roleText, folder], options) => {
      const text = z.string().optional();
      const importerOptions = await readJsonOption(text.parse(options.options), '--options');
      const request = {
        role: z.enum(['synthetic', 'real']).parse(roleText),
        folder,
        format: text.parse(options.format),
        options: importerOptions,
        name: text.parse(options.name),
        copy: options.copy === true,
      };
      await withLibrary(context, 'write', async (library) => {
        const report = await importDataset(library, request, {
          signal: context.signal,
          onProgress: context.terminal.progress,
        });
        context.terminal.endProgress();
        printReport(context.terminal, report);
        context.terminal.result(report);
      });
    },
  );
}

function depthLine({ encoding, foregroundOffsetMm, windowMm, invalidMm = [] }: DepthMaps): string {
  const how = encoding === 'grey' ? '16-bit grey' : 'green × 256 + blue';
  const none = [0, ...invalidMm].join(' and ');
  return `Depth maps (${how}), used from ${foregroundOffsetMm} to ${foregroundOffsetMm + windowMm} mm; ${none} mean that nothing was measured.`;
}

function printReport(terminal: Terminal, report: ImportReport): void {
  terminal.line(`Dataset "${report.dataset}", read as ${report.format}: ${report.why}`);
  if (report.depth) terminal.line(depthLine(report.depth));
  const counts: [number, string][] = [
    [report.added, 'images added'],
    [report.labelled, 'of them with labels'],
    [report.known, 'were there already'],
    [report.changed, 'had changed and were taken over'],
    [report.duplicates, 'are duplicates of other images'],
    [report.duplicatesInOtherSets, 'of those are in another dataset: a leak, if one set tests the other'],
    [report.skipped.length, 'files left out'],
  ];
  for (const [count, what] of counts) {
    if (count > 0 || what === 'images added') terminal.line(`${grouped(count).padStart(9)} ${what}`);
  }
  for (const { path, line, message } of report.skipped.slice(0, SKIPPED_SHOWN)) {
    terminal.line(`          ${path}${line === undefined ? '' : `:${line}`}: ${message}`);
  }
  if (report.skipped.length > SKIPPED_SHOWN) {
    terminal.line(`          … and ${grouped(report.skipped.length - SKIPPED_SHOWN)} more; --json lists all`);
  }
}
