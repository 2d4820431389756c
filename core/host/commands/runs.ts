import type { Command } from 'commander';
import { StudioError } from '../../base/studio-error.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { settingsAtBranching } from '../../studio/runs/run-config.ts';
import { narrateRun } from '../../studio/runs/narration.ts';
import { findRun } from '../../studio/runs/runs.ts';
import { settingsAsFlags } from '../../studio/training/training-flag.ts';
import { addCommand } from '../command.ts';
import { withLibrary } from '../open-library.ts';
import { runSummary, type RunSummary } from '../run-summary.ts';
import { grouped, table, type Terminal } from '../terminal.ts';

export function addRuns(program: Command): void {
  addCommand(
    program,
    'runs',
    {
      summary: 'List the training runs of the library, branches below the run that they started from',
      examples: ['runs', 'runs last', 'runs "run 2"', 'runs --json'],
    },
    (command) => command.argument('[run]', 'tell what happened in one run: its name, or last'),
    async (context, [name]: string[]) => {
      await withLibrary(context, 'read', (library) => {
        if (name === undefined) listRuns(context.terminal, library);
        else tellRun(context.terminal, library, findRun(library, name));
      });
    },
  );
}

/** A run in the tree of branches. */
interface Node {
  readonly run: Run;
  readonly depth: number;
  readonly summary: RunSummary & { readonly parent: Run['parent'] };
}

function listRuns(terminal: Terminal, library: Library): void {
  const all = library.runs.list();
  const shown = all.filter(({ trashedAt }) => trashedAt === null);
  const nodes = treeOf(library, shown);
  terminal.result(nodes.map(({ summary }) => summary));
  if (nodes.length === 0) {
    terminal.line('No runs yet. Start one with "simgan train".');
    return;
  }
  printTable(terminal, nodes);
  terminal.line('change in grey levels of 255; losses in nats per patch (0.693 is a coin toss)');
  for (const { run, summary } of nodes) {
    const { name, status, verdict, error, configError, bestStep } = summary;
    const best = bestStep === null ? '' : ` Best checkpoint: step ${bestStep}.`;
    const text = error ?? configError ?? verdict ?? 'Nothing is measured yet.';
    terminal.line(`${name}: ${originOf(library, run)}${text}${best}`);
    if (status === 'interrupted') {
      terminal.line(`  It was interrupted. Go on with: simgan train --resume ${JSON.stringify(name)}`);
    }
  }
  const trashed = all.length - shown.length;
  if (trashed > 0) terminal.line(`${trashed} in the trash ${trashed === 1 ? 'is' : 'are'} not shown.`);
}

/** Every run, its branches right below it. */
function treeOf(library: Library, runs: readonly Run[]): Node[] {
  const shown = new Set(runs.map(({ id }) => id));
  const branchesOf = (parentId: number | undefined, depth: number): Node[] =>
    runs
      .filter(({ parent }) => (parent && shown.has(parent.runId) ? parent.runId : undefined) === parentId)
      .flatMap((run) => [
        { run, depth, summary: { ...runSummary(library, run), parent: run.parent } },
        ...branchesOf(run.id, depth + 1),
      ]);
  return branchesOf(undefined, 0);
}

function printTable(terminal: Terminal, nodes: readonly Node[]): void {
  // What has broken down has numbers of any size.
  const number = (value: number | undefined, digits: number): string =>
    value === undefined ? '–' : Math.abs(value) < 1e5 ? value.toFixed(digits) : value.toExponential(1);
  terminal.line(
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
      nodes.map(({ depth, summary: { name, status, step, totalSteps, metrics, time } }) => [
        `${depth > 0 ? `${'  '.repeat(depth - 1)}└ ` : ''}${name}`,
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
}

/** "From step 400 of run 1, with --lambda 0.3. " for a branch. */
function originOf(library: Library, run: Run): string {
  if (!run.parent) return '';
  const { runId, step } = run.parent;
  const parent = library.runs.get(runId)?.name ?? 'a run that was removed';
  return `From step ${step} of ${parent}, ${changesAtBranching(library, run)}. `;
}

/** A run whose settings cannot be read does not hide the others. */
function changesAtBranching(library: Library, run: Run): string {
  try {
    const flags = settingsAsFlags(settingsAtBranching(library, run));
    return flags === '' ? 'nothing changed' : `with ${flags}`;
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return 'with settings that this program cannot read';
  }
}

function tellRun(terminal: Terminal, library: Library, run: Run): void {
  const summary = runSummary(library, run);
  const story = narrateRun(library, run);
  terminal.line(
    `${run.name}: ${summary.status} at step ${grouped(run.step)} of ${grouped(run.totalSteps)}, ${summary.time}`,
  );
  const width = Math.max(0, ...story.map(({ step }) => grouped(step).length));
  for (const { step, text } of story) terminal.line(`${grouped(step).padStart(width)}  ${text}`);
  terminal.line(`${originOf(library, run)}${run.error ?? run.verdict ?? 'Nothing is measured yet.'}`);
  terminal.result({ ...summary, parent: run.parent, story });
}
