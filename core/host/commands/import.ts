import { Argument, type Command } from 'commander';
import { z } from 'zod';
import { depthMapsSchema, HAND_DEPTH, type DepthMaps } from '../../contract/depth-maps.ts';
import {
  labelAdjustmentSchema,
  NO_ADJUSTMENT,
  type LabelAdjustment,
} from '../../contract/label-adjustment.ts';
import { importers } from '../../datasets/importers/importers.ts';
import { importDataset, type ImportReport } from '../../studio/data/import-dataset.ts';
import { addCommand, parseOption, termList } from '../command.ts';
import { readJsonOption } from '../json-option.ts';
import { withLibrary } from '../open-library.ts';
import { grouped, type Terminal } from '../terminal.ts';

const SKIPPED_SHOWN = 20;
const UNREAD_SHOWN = 10;

const ADJUSTMENTS = [
  ['angles', '"degrees" or "radians": what gaze angles are in, where they were taken for the other'],
  ['shares', 'true: keypoints are shares of width and height, not pixels'],
  ['swap', 'true: pitch and yaw, or x and y of keypoints, are exchanged'],
  ['origin', '"bottom-left" or "middle": where keypoints are counted from'],
  ['flipX', 'true: left and right are exchanged'],
  ['flipY', 'true: up and down are exchanged'],
  ['otherHand', 'true: fingers are named as on the other hand'],
] as const satisfies readonly (readonly [keyof LabelAdjustment, string])[];

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
        `import synthetic renders/ --adjust '{"flipX": true}'`,
        `import real depth/ --depth '{"encoding": "green-blue"}'`,
      ],
      notes: [
        'Formats:',
        termList(importers.map(({ id, describes }) => [id, describes])),
        '--adjust takes any of these, in the order in which labels are put right:',
        termList(ADJUSTMENTS),
        `--depth takes any of these (millimetres; what is not given is as here), or off:\n  ${JSON.stringify(HAND_DEPTH)}`,
      ],
    },
    (command) =>
      command
        .addArgument(new Argument('<role>', 'what the images are').choices(['synthetic', 'real']))
        .argument('<folder>', 'where the images are; read in place, never changed')
        .option('--format <id>', 'how labels are stored (default: recognised)')
        .option('--options <json>', 'options of the format, as JSON or as the name of a JSON file')
        .option('--name <name>', 'name of the dataset (default: the folder’s)')
        .option('--adjust <json>', 'put labels right that are turned, swapped or in other units')
        .option(
          '--depth <json>',
          'how depth maps are stored and which depths are used; off: they are pictures (default: looked at)',
        )
        .option('--crop-to-depth', 'use of each depth map what is around the depths in its window')
        .option('--unlabelled', 'import synthetic images that have no label')
        .option('--keep-impossible', 'keep impossible labels, such as a gaze away from the camera')
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
        ...(await readAdjustment(text.parse(options.adjust))),
        depth: await readDepth(text.parse(options.depth)),
        cropToDepth: options.cropToDepth === true,
        unlabelled: options.unlabelled === true,
        keepImpossible: options.keepImpossible === true,
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

async function readAdjustment(given: string | undefined): Promise<{ adjustment?: LabelAdjustment }> {
  if (given === undefined) return {};
  const changes = Object(await readJsonOption(given, '--adjust')) as object;
  return { adjustment: parseOption(labelAdjustmentSchema, { ...NO_ADJUSTMENT, ...changes }, '--adjust') };
}

async function readDepth(given: string | undefined): Promise<DepthMaps | null | undefined> {
  if (given === undefined || given === 'off') return given === undefined ? undefined : null;
  const known = Object(await readJsonOption(given, '--depth')) as object;
  return parseOption(depthMapsSchema, { ...HAND_DEPTH, ...known }, '--depth');
}

function depthLine({ encoding, foregroundOffsetMm, windowMm, invalidMm = [] }: DepthMaps): string {
  const how = encoding === 'grey' ? '16-bit grey' : 'green × 256 + blue';
  const none = [0, ...invalidMm].join(' and ');
  return `Depth maps (${how}), used from ${foregroundOffsetMm} to ${foregroundOffsetMm + windowMm} mm; ${none} mean that nothing was measured.`;
}

/** Whether images lack a label that they could have. */
const lacksLabels = ({ pictures, withLabels, unread }: ImportReport): boolean =>
  withLabels < pictures && (withLabels > 0 || unread.length > 0);

/** The share of images with a label, and why the others have none. */
function printLabels(terminal: Terminal, { pictures, withLabels, causes, unread }: ImportReport): void {
  const share = Math.floor((100 * withLabels) / Math.max(1, pictures));
  terminal.line(`Labels for ${grouped(withLabels)} of ${grouped(pictures)} images (${share} %).`);
  for (const { reason, count, examples } of causes) {
    const [{ path, line, message }] = examples;
    const place = line === undefined ? path : `${path}:${line}`;
    const reasonWords = reason.replaceAll('-', ' ');
    terminal.line(`${grouped(count).padStart(9)} ${reasonWords}, such as ${place}: ${message}`);
  }
  for (const { path, why } of unread.slice(0, UNREAD_SHOWN)) terminal.line(`  Not read: ${path} ${why}`);
}

function printReport(terminal: Terminal, report: ImportReport): void {
  const areCausesShown = lacksLabels(report);
  if (areCausesShown) printLabels(terminal, report);
  terminal.line(`Dataset "${report.dataset}", read as ${report.format}: ${report.why}`);
  if (report.depth) terminal.line(depthLine(report.depth));
  const counts: [number, string][] = [
    [report.added, 'images added'],
    [report.labelled, 'of them with labels'],
    [report.known, 'were there already'],
    [report.changed, 'had changed and were updated'],
    [report.duplicates, 'are duplicates of other images'],
    [report.duplicatesInOtherSets, 'of those are in another dataset: a leak, if one set tests the other'],
    [report.skipped.length, areCausesShown ? 'files left out; --json lists all' : 'files left out'],
  ];
  for (const [count, what] of counts) {
    if (count > 0 || what === 'images added') terminal.line(`${grouped(count).padStart(9)} ${what}`);
  }
  for (const { images, example } of report.notes) {
    terminal.line(
      `${grouped(images).padStart(9)} with doubtful labels, such as ${example.path}: ${example.message}`,
    );
  }
  if (areCausesShown) return;
  const shown = report.skipped.slice(0, SKIPPED_SHOWN);
  for (const { path, line, message } of shown) {
    terminal.line(`          ${path}${line === undefined ? '' : `:${line}`}: ${message}`);
  }
  const more = report.skipped.length - shown.length;
  if (more > 0) terminal.line(`          … and ${grouped(more)} more; --json lists all`);
}
