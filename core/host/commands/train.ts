import { Option, type Command } from 'commander';
import { z } from 'zod';
import { openEngine } from '../../engine/engine.ts';
import { lossScale } from '../../simgan/losses.ts';
import { presets } from '../../simgan/presets.ts';
import { findDataset, holdsDepth, preprocessingFor } from '../../studio/training-data.ts';
import { startTraining } from '../../studio/training-run.ts';
import { addCommand, parseOption, type CommandContext } from '../command.ts';
import { readJsonOption } from '../json-option.ts';
import { withLibrary } from '../open-library.ts';
import { addTrainingFlags, trainingConfigFrom } from '../training-flags.ts';
import { runSummary } from '../run-summary.ts';

const engineSchema = z.enum(['auto', 'tensorflow', 'webgpu', 'wasm']);
const millimetresSchema = z.coerce.number().int().min(0).max(65535);

export function addTrain(program: Command): void {
  addCommand(
    program,
    'train',
    {
      summary: 'Train a refiner: Algorithm 1 of the paper on a synthetic and a real dataset',
      examples: [
        'train --preset eye-small --steps 600',
        'train --preset paper-eye --lambda 0.5 --kg 2 --engine tensorflow',
        'train --preset eye-small --history off --name "without history"',
        'train --preset eye-small --show-config > config.json && simgan train --config config.json',
      ],
    },
    (command) =>
      addTrainingFlags(
        command
          .addOption(
            new Option('--preset <name>', 'where the configuration starts from')
              .choices(presets.map(({ name }) => name))
              .default('eye-small'),
          )
          .option('--config <file>', 'a JSON file with fields that replace those of the preset')
          .option('--show-config', 'print the configuration that would be used, and train nothing')
          .option('--name <name>', 'name of the run (default: run 1, run 2, …)')
          .option('--synthetic <dataset>', 'the synthetic dataset, if there are several')
          .option('--real <dataset>', 'the real dataset, if there are several')
          .addOption(
            new Option('--equalise <which>', 'equalise the histograms of the pictures, as MPIIGaze does')
              .choices(['none', 'both'])
              .default('none'),
          )
          .option('--depth-offset <mm>', 'depth maps: the nearest depth', '400')
          .option('--depth-window <mm>', 'depth maps: how deep the scene is behind that', '400')
          .addOption(
            new Option('--engine <name>', 'what computes').choices(engineSchema.options).default('auto'),
          )
          .option('--threads <count>', 'CPU threads (default: all cores)'),
      ),
    trainCommand,
  );
}

async function trainCommand(
  context: CommandContext,
  _arguments: string[],
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { terminal, signal } = context;
  const preset = presets.find(({ name }) => name === options.preset) ?? presets[0];
  const file = await readJsonOption(z.string().optional().parse(options.config), '--config');
  const config = trainingConfigFrom(preset.config, file, options);
  if (options.showConfig === true) {
    process.stdout.write(`${JSON.stringify(config, undefined, 2)}\n`);
    return;
  }
  const text = z.string().optional();
  await withLibrary(context, 'write', async (library) => {
    const synthetic = findDataset(library, 'synthetic', text.parse(options.synthetic));
    const real = findDataset(library, 'real', text.parse(options.real));
    const depth = holdsDepth(library, synthetic)
      ? {
          offsetMm: parseOption(millimetresSchema, options.depthOffset, '--depth-offset'),
          windowMm: parseOption(millimetresSchema, options.depthWindow, '--depth-window'),
        }
      : undefined;
    const equalise = z.enum(['none', 'both']).parse(options.equalise);
    const engine = await openChosenEngine(options);
    try {
      terminal.note(`Engine: ${engine.name}, ${engine.device} (${engine.version})`);
      const { effectiveLambda } = lossScale(config);
      terminal.note(
        `λ ${config.lambda} as a ${config.lossReduction} weighs ${Number(effectiveLambda.toPrecision(3))} per unit of mean change`,
      );
      const name = text.parse(options.name);
      const run = await startTraining(
        library,
        engine,
        {
          config,
          synthetic,
          real,
          preprocessing: preprocessingFor(config, equalise, depth),
          ...(name === undefined ? {} : { name }),
        },
        {
          signal,
          onProgress: terminal.progress,
          onNote: terminal.note,
          commands: { take: () => (signal.aborted ? 'stop' : undefined) },
        },
      );
      const summary = runSummary(library, run);
      terminal.line(`${run.name}: ${run.status} at step ${run.step} of ${run.totalSteps}, ${summary.time}`);
      terminal.line(run.verdict ?? '');
      if (run.status === 'stopped') terminal.line('A checkpoint of this step was saved.');
      terminal.result(summary);
    } finally {
      engine.dispose();
    }
  });
}

async function openChosenEngine(options: Readonly<Record<string, unknown>>) {
  const name = engineSchema.parse(options.engine);
  const threads =
    options.threads === undefined
      ? undefined
      : parseOption(z.coerce.number().int().min(1).max(256), options.threads, '--threads');
  return await openEngine(name === 'auto' ? 'wasm' : name, threads === undefined ? {} : { threads });
}
