import { Command } from 'commander';
import { runProgram } from './command.ts';
import { systemCodeOf } from '../base/studio-error.ts';
import { PROGRAM_VERSION } from '../base/version.ts';

type LoadCommand = () => Promise<(program: Command) => void>;

/** By name, in the order of the help. Loaded when asked for: most hold TensorFlow.js, which takes a second. */
const COMMANDS: Readonly<Record<string, LoadCommand>> = {
  init: async () => (await import('./commands/init.ts')).addInit,
  import: async () => (await import('./commands/import.ts')).addImport,
  simulate: async () => (await import('./commands/simulate.ts')).addSimulate,
  datasets: async () => (await import('./commands/datasets.ts')).addDatasets,
  sheet: async () => (await import('./commands/sheet.ts')).addSheet,
  train: async () => (await import('./commands/train.ts')).addTrain,
  probe: async () => (await import('./commands/probe.ts')).addProbe,
  queue: async () => (await import('./commands/queue.ts')).addQueue,
  control: async () => (await import('./commands/control.ts')).addControl,
  runs: async () => (await import('./commands/runs.ts')).addRuns,
  previews: async () => (await import('./commands/previews.ts')).addPreviews,
  history: async () => (await import('./commands/history.ts')).addHistory,
  refine: async () => (await import('./commands/refine.ts')).addRefine,
  evaluate: async () => (await import('./commands/evaluate.ts')).addEvaluate,
  export: async () => (await import('./commands/export.ts')).addExport,
  verify: async () => (await import('./commands/verify.ts')).addVerify,
  serve: async () => (await import('./commands/serve.ts')).addServe,
  demo: async () => (await import('./commands/demo.ts')).addDemo,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
};

const VERSION_FLAG = '--version';

const FIRST_STEPS = `
Everything once, in a few minutes:
  $ simgan demo

With your own images, in the order of the commands above:
  $ simgan init eyes.simgan
  $ simgan import synthetic renders/
  $ simgan import real photos/
  $ simgan train
  $ simgan refine
  $ simgan export out/

Or all of it in a window: simgan serve. What a command takes: simgan help train.`;

/** The command that a line begins with; all of them where it asks for help, or for what is not there. */
function wanted([first = '', second = '']: readonly string[]): readonly LoadCommand[] {
  if (first === VERSION_FLAG) return [];
  const name = first === 'help' ? second : first;
  return Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS);
}

/** The command line: parses, runs one command, and sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('simgan')
    .description('Make labelled synthetic images look real while their labels stay true (SimGAN).')
    .version(PROGRAM_VERSION, VERSION_FLAG, 'print the version')
    .helpCommand('help [command]', 'Say what a command takes')
    .addHelpText('after', FIRST_STEPS)
    .showHelpAfterError('Run "simgan --help" to see what there is.');
  for (const load of wanted(args)) (await load())(program);
  process.stdout.off('error', refuseUnlessClosed).on('error', refuseUnlessClosed);
  await runProgram(program, args);
}

/** A reader that has seen enough, such as "| head", is no failure, and no reason to stop what is being done. */
function refuseUnlessClosed(error: unknown): void {
  if (systemCodeOf(error) !== 'EPIPE') throw error;
}
