import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import { verifyExport } from '../../datasets/exporters/verify-export.ts';
import { DEMO_LIBRARY_NAME } from '../../library/find-library.ts';
import { createLibrary } from '../../library/library.ts';
import { presets } from '../../simgan/presets.ts';
import { evaluateRun } from '../../studio/evaluation/evaluation-run.ts';
import { exportRun } from '../../studio/export/export-run.ts';
import { driftBudgetOf } from '../../studio/refine/drift-budget.ts';
import { refineRun } from '../../studio/refine/refinement.ts';
import { writeRunReport } from '../../studio/runs/run-report.ts';
import { findCheckpoint } from '../../studio/runs/runs.ts';
import { simulateDataset } from '../../studio/data/simulation.ts';
import { preprocessingFor } from '../../studio/training/training-data.ts';
import { startTraining } from '../../studio/training/training-run.ts';
import { addCommand, EXIT, parseOption, type CommandContext } from '../command.ts';
import { addEngineOptions, engineWish, withEngine } from '../engine-options.ts';
import { duration, grouped } from '../terminal.ts';
import { printEvaluation } from './evaluate.ts';

const countSchema = z.coerce.number().int().min(100).max(1_000_000);

export function addDemo(program: Command): void {
  addCommand(
    program,
    'demo [folder]',
    {
      summary: 'See everything once: simulate two sets of eyes, train, refine, evaluate, export',
      examples: ['demo', 'demo my-demo.simgan --count 500 --steps 100'],
      worksInLibrary: false,
    },
    (command) =>
      addEngineOptions(command)
        .option('--count <images>', 'images in each of the two sets', '2000')
        .option('--steps <steps>', 'training steps (default: those of eye-small)')
        .option('--seed <number>', 'start of every random choice', '1')
        .option('--fresh', 'replace a library that is there'),
    demo,
  );
}

async function demo(
  context: CommandContext,
  [folder = DEMO_LIBRARY_NAME]: string[],
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { terminal, signal } = context;
  const hooks = { signal, onProgress: terminal.progress };
  const preset = presets.find(({ name }) => name === 'eye-small') ?? presets[0];
  const seed = parseOption(z.coerce.number().int().min(0), options.seed, '--seed');
  const count = parseOption(countSchema, options.count, '--count');
  const steps = parseOption(z.coerce.number().int().min(1), options.steps ?? preset.config.steps, '--steps');
  const config = { ...preset.config, seed, steps };
  const { widthPx, heightPx } = config;
  if (options.fresh === true) await removeLibrary(folder);

  using library = createLibrary(folder);
  const startMs = performance.now();
  const size = { subject: 'eye', count, widthPx, heightPx } as const;
  const synthetic = await simulateDataset(
    library,
    { ...size, name: 'simulated eyes', look: 'render', seed },
    hooks,
  );
  const real = await simulateDataset(library, { ...size, name: 'camera eyes', look: 'camera', seed }, hooks);
  await withEngine(engineWish(options), terminal, async (engine) => {
    const preprocessing = preprocessingFor(config, 'none', undefined);
    const run = await startTraining(
      library,
      engine,
      { config, synthetic, real, preprocessing },
      { ...hooks, onNote: terminal.note },
    );
    if (signal.aborted) return;
    // A guard that ended the run has said why; what it saved by then is still worth looking at.
    if (run.status !== 'done') terminal.note(`${run.name} ended at step ${run.step} of ${run.totalSteps}.`);
    const checkpoint = findCheckpoint(library, run, undefined);
    await refineRun(library, run, checkpoint, hooks);
    const evaluation = await evaluateRun(library, run, checkpoint, hooks);
    const report = await writeRunReport(library, run, checkpoint, evaluation);
    const out = join(library.folder, 'exported');
    const exported = await exportRun(
      library,
      run,
      checkpoint,
      {
        folder: out,
        formats: ['jsonl', 'csv', 'coco'],
        driftBudgetPx: driftBudgetOf(run),
        includeUnverified: false,
      },
      hooks,
    );
    const { isIntact } = await verifyExport(out, hooks);
    terminal.endProgress();
    printEvaluation(terminal, evaluation);
    terminal.line();
    terminal.line(
      `Exported: ${grouped(exported.imageCount)} of ${grouped(count)} images with labels in ${out}`,
    );
    terminal.line(`Report:   ${report}`);
    terminal.line(
      `Time:     ${duration((performance.now() - startMs) / 1000)} on ${engine.name}, ${engine.device}`,
    );
    terminal.result({ evaluation, exported, report, isIntact });
    if (!isIntact) process.exitCode = EXIT.failed;
  });
}

/** Removes a folder that is a library; anything else is left alone. */
async function removeLibrary(folder: string): Promise<void> {
  const path = resolve(folder);
  if (!existsSync(path)) return;
  if (!existsSync(join(path, 'library.sqlite'))) {
    throw new StudioError('bad-usage', `${path} is there and is no library, so it is not replaced.`, {
      remedy: 'Name another folder for the demo.',
      details: { folder: path },
    });
  }
  await rm(path, { recursive: true });
}
