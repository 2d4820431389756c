import { Command } from 'commander';
import { addControl } from './commands/control.ts';
import { addDatasets } from './commands/datasets.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addExport } from './commands/export.ts';
import { addHistory } from './commands/history.ts';
import { addImport } from './commands/import.ts';
import { addInit } from './commands/init.ts';
import { addPreviews } from './commands/previews.ts';
import { addProbe } from './commands/probe.ts';
import { addQueue } from './commands/queue.ts';
import { addRefine } from './commands/refine.ts';
import { addRuns } from './commands/runs.ts';
import { addServe } from './commands/serve.ts';
import { addSheet } from './commands/sheet.ts';
import { addSimulate } from './commands/simulate.ts';
import { addTrain } from './commands/train.ts';
import { addVerify } from './commands/verify.ts';
import { runProgram } from './command.ts';
import { systemCodeOf } from '../base/studio-error.ts';

const COMMANDS = [
  addInit,
  addImport,
  addSimulate,
  addDatasets,
  addSheet,
  addTrain,
  addProbe,
  addQueue,
  addControl,
  addRuns,
  addPreviews,
  addHistory,
  addRefine,
  addEvaluate,
  addExport,
  addVerify,
  addServe,
  addDemo,
  addDoctor,
];

/** The command line: parses, runs one command, and sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('simgan')
    .description('Make labelled synthetic images look real while their labels stay true (SimGAN).')
    .helpCommand(false)
    .showHelpAfterError('Run "simgan --help" to see what there is.');
  for (const add of COMMANDS) add(program);
  process.stdout.on('error', (error) => {
    // A reader that has seen enough, such as "| head", is no failure, and no reason to stop what is being done.
    if (systemCodeOf(error) !== 'EPIPE') throw error;
  });
  await runProgram(program, args);
}
