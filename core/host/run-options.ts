import type { Command } from 'commander';
import { z } from 'zod';
import type { Checkpoint } from '../library/checkpoints.ts';
import type { Library } from '../library/library.ts';
import type { Run } from '../library/runs.ts';
import { findCheckpoint, findRun } from '../studio/runs/runs.ts';
import { parseOption } from './command.ts';

/** Adds --run and --step, which name a checkpoint. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--run <name>', 'the run: its name, or last', 'last')
    .option(
      '--step <step>',
      'the step of the checkpoint (default: the best, or the newest where none was ranked)',
    );
}

export function checkpointFrom(
  library: Library,
  options: Readonly<Record<string, unknown>>,
): { readonly run: Run; readonly checkpoint: Checkpoint } {
  const run = findRun(library, z.string().parse(options.run));
  const step =
    options.step === undefined ? undefined : parseOption(z.coerce.number().int(), options.step, '--step');
  return { run, checkpoint: findCheckpoint(library, run, step) };
}
