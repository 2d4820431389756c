import { Command } from 'commander';
import { addImport } from './commands/import.ts';
import { addInit } from './commands/init.ts';
import { addRuns } from './commands/runs.ts';
import { addSimulate } from './commands/simulate.ts';
import { addTrain } from './commands/train.ts';
import { runProgram } from './command.ts';

/** The command line: parses, runs one command, and sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('simgan')
    .description('Make labelled synthetic images look real while their labels stay true (SimGAN).')
    .helpCommand(false)
    .showHelpAfterError('Run "simgan --help" to see what there is.');
  for (const add of [addInit, addImport, addSimulate, addTrain, addRuns]) add(program);
  await runProgram(program, args);
}
