import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { StudioError } from '../../base/studio-error.ts';
import { liveKeys, liveSettingsSchema } from '../../contract/training-command.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { sheetOfRows } from '../../studio/previews/preview-sheet.ts';
import { gridOf, type SettingLists } from '../../studio/probe/probe-settings.ts';
import { lastProbeNumber, planProbe, probeRuns, trainProbe } from '../../studio/probe/probe.ts';
import {
  probeRows,
  rankProbe,
  type ProbeRanking,
  type ProbeResult,
} from '../../studio/probe/probe-report.ts';
import { findCheckpoint, mustGetRun } from '../../studio/runs/runs.ts';
import { branchTraining } from '../../studio/training/training-run.ts';
import { flagOf } from '../../studio/training/training-flag.ts';
import { addCommand, parseOption, type CommandContext } from '../command.ts';
import { addEngineOptions, engineWish, withEngine } from '../engine-options.ts';
import { addNewRunOptions, configFrom, requestFrom } from '../new-run-options.ts';
import { withLibrary } from '../open-library.ts';
import { runSummary } from '../run-summary.ts';
import { table, type Column, type Terminal } from '../terminal.ts';
import { addTrainingFlags, settingsFrom } from '../training-flags.ts';
import { printLegend } from './previews.ts';

type Options = Readonly<Record<string, unknown>>;

const text = z.string().optional();
const stepsSchema = z.coerce.number().int().min(1);

export function addProbe(program: Command): void {
  addCommand(
    program,
    'probe',
    {
      summary: 'Try settings against each other in short runs, before the long one',
      examples: [
        'probe --lambda 0.01,0.1,1 --kg 1,2',
        'probe --preset paper-eye --lambda 0.05,0.5 --out probe.png',
        'probe',
        'probe --pick 1 --steps 5000 --name "the real one"',
      ],
      notes: [
        `Settings that may take several values, with commas between them: ${liveKeys.map(flagOf).join(' ')}`,
        'Every combination is a short run of the same seed, data and strip; they are trained in turn, some steps each, so that all come forward together. Then: a ranked table and a sheet (synthetic, a row per variant, real). Without values: those of the last probe again. --pick goes on with one of them in a new run; the variants stay as they are.',
      ],
    },
    (command) =>
      addTrainingFlags(
        addEngineOptions(
          addNewRunOptions(command)
            .option('--slice <steps>', 'steps of a variant before it is the next one’s turn', '25')
            .option('--out <file>', 'the sheet (default: probe-1.png, probe-2.png … in the current folder)')
            .option('--scale <factor>', 'whole-number enlargement of the sheet', '2')
            .option(
              '--pick <variant>',
              'go on with a variant of the last probe: its place in the table, or its name',
            )
            .option('--name <name>', 'with --pick: name of the new run'),
        ),
      ),
    async (context, _arguments, options) => {
      const lists = listsFrom(options);
      if (options.pick !== undefined) await pick(context, options);
      else if (Object.keys(lists).length > 0) await probe(context, lists, options);
      else await showLast(context, options);
    },
  );
}

/** Settings with more than one value. */
function listsFrom(options: Options): SettingLists {
  const lists = liveKeys.flatMap((key) => {
    const words = text.parse(options[key])?.split(',') ?? [];
    if (words.length < 2) return [];
    const values = words.map((word) => settingsFrom({ [key]: word.trim() }, [key], liveSettingsSchema)[key]);
    return [[key, [...new Set(values)]]];
  });
  return Object.fromEntries(lists) as SettingLists;
}

const SHORT_STEPS = '200';

async function probe(context: CommandContext, lists: SettingLists, options: Options): Promise<void> {
  const { terminal, signal } = context;
  const single = Object.entries(options).filter(([key]) => !(key in lists));
  const base = { steps: SHORT_STEPS, ...Object.fromEntries(single) };
  const config = await configFrom(base);
  const slice = parseOption(stepsSchema, options.slice, '--slice');
  const hooks = { signal, onProgress: terminal.progress, onNote: terminal.note };
  await withLibrary(context, 'write', async (library) => {
    const request = await requestFrom(library, config, base, terminal.note);
    await withEngine(engineWish(options), terminal, async (engine) => {
      const runs = await planProbe(library, request, gridOf(lists), engineWish(options), hooks);
      await trainProbe(library, engine, runs, slice, hooks);
    });
    terminal.endProgress();
    await report(terminal, library, lastProbeNumber(library), options);
  });
}

async function showLast(context: CommandContext, options: Options): Promise<void> {
  await withLibrary(context, 'read', (library) =>
    report(context.terminal, library, lastProbeNumber(library), options),
  );
}

async function report(terminal: Terminal, library: Library, number: number, options: Options): Promise<void> {
  const ranking = rankProbe(library, probeRuns(library, number));
  const rows = await probeRows(library, ranking);
  const file = resolve(text.parse(options.out) ?? `probe-${number}.png`);
  const scale = parseOption(z.coerce.number().int().min(1).max(16), options.scale, '--scale');
  await writeFileAtomic(file, sheetOfRows(rows, scale));
  printRanking(terminal, ranking);
  terminal.line();
  terminal.line(`Sheet: ${file}`);
  printLegend(terminal, rows);
  terminal.line();
  terminal.line('Go on with the first one: simgan probe --pick 1 --steps 2000');
  terminal.result({ probe: number, ...ranking, sheet: file });
}

function printRanking(terminal: Terminal, { results, rankedBy }: ProbeRanking): void {
  const right = 'right' as const;
  const columns: Column[] = [
    { title: '#', align: right },
    { title: 'variant' },
    { title: 'status' },
    { title: 'step', align: right },
    { title: 'change', align: right },
    { title: 'histogram', align: right },
    { title: 'D right', align: right },
    { title: 'drift', align: right },
    { title: 'score', align: right },
  ];
  const number = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '–';
  const percent = (share: number | undefined): string =>
    share === undefined ? '–' : `${Math.round(share * 100)} %`;
  terminal.line(
    table(
      columns,
      results.map((result, index) => [
        String(index + 1),
        result.variant,
        result.status,
        String(result.step),
        number(result.changeGrey, 1),
        number(result.histogramDistanceGrey, 1),
        percent(result.discriminatorAccuracy),
        number(result.driftP95, 2),
        number(result.score, 3),
      ]),
    ),
  );
  terminal.line(
    rankedBy === 'score'
      ? 'ranked by the score of the last evaluation: realism and labels'
      : 'ranked by the distance of grey-level histograms to real images, which is tone alone: look at the sheet',
  );
  terminal.line('change and histogram in grey levels, means of the last quarter of the steps');
  for (const { variant, guards } of results) {
    for (const message of guards) terminal.line(`${variant}: ${message}`);
  }
}

async function pick(context: CommandContext, options: Options): Promise<void> {
  const { terminal, signal } = context;
  if (options.steps === undefined) {
    throw new StudioError('bad-usage', 'How many steps shall the picked variant have in all?', {
      remedy: 'Say it with --steps, such as --steps 2000.',
    });
  }
  const steps = parseOption(stepsSchema, options.steps, '--steps');
  await withLibrary(context, 'write', async (library) => {
    const parent = pickedRun(library, z.string().parse(options.pick));
    const { step } = findCheckpoint(library, parent, undefined);
    const continuation = { steps, settings: {}, name: text.parse(options.name) };
    const run = await withEngine(engineWish(options), terminal, (engine) =>
      branchTraining(library, engine, parent, step, continuation, {
        signal,
        onProgress: terminal.progress,
        onNote: terminal.note,
      }),
    );
    terminal.endProgress();
    const summary = runSummary(library, run);
    terminal.line(`${run.name}: ${run.status} at step ${run.step} of ${run.totalSteps}, ${summary.time}`);
    if (run.verdict !== null) terminal.line(run.verdict);
    terminal.result({ ...summary, from: parent.name });
  });
}

/** A variant of the last probe by its place in the ranking or by its settings, or any run of a probe by its name. */
function pickedRun(library: Library, wanted: string): Run {
  const runs = probeRuns(library, lastProbeNumber(library));
  const { results } = rankProbe(library, runs);
  const isWanted = ({ name, variant }: ProbeResult, index: number): boolean =>
    [String(index + 1), name, variant].includes(wanted);
  const found = results.find(isWanted);
  if (found) return mustGetRun(library, found.runId);
  throw new StudioError('not-found', `There is no variant "${wanted}" in the last probe.`, {
    remedy: `Name one of ${results.map(({ variant }, index) => `${index + 1} (${variant})`).join(', ')}.`,
  });
}
