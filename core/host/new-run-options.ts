import { Option, type Command } from 'commander';
import { z } from 'zod';
import { preprocessingSchema, type Preprocessing } from '../contract/preprocessing.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import type { Dataset } from '../library/datasets.ts';
import type { Library } from '../library/library.ts';
import { lossScale } from '../simgan/losses.ts';
import { presets } from '../simgan/presets.ts';
import { findDataset, preprocessingFor } from '../studio/training/training-data.ts';
import type { TrainingRequest } from '../studio/training/training-run.ts';
import { parseOption } from './command.ts';
import { readJsonOption } from './json-option.ts';
import { trainingConfigFrom } from './training-flags.ts';

type Options = Readonly<Record<string, unknown>>;

const millimetresSchema = z.coerce.number().int().min(0).max(65535);
const text = z.string().optional();

/** Adds what a new run is made of, beside the fields of its configuration. */
export function addNewRunOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--preset <name>', 'where the configuration starts from')
        .choices(presets.map(({ name }) => name))
        .default('eye-small'),
    )
    .option('--config <json>', 'fields that replace those of the preset: JSON, or the name of a JSON file')
    .option('--synthetic <dataset>', 'the synthetic dataset, if there are several')
    .option('--real <dataset>', 'the real dataset, if there are several')
    .addOption(
      new Option('--equalise <which>', 'equalise the histograms of the pictures, as MPIIGaze does')
        .choices(['none', 'both'])
        .default('none'),
    )
    .option('--depth-offset <mm>', 'depth maps: the nearest depth (default: as they were imported)')
    .option(
      '--depth-window <mm>',
      'depth maps: how deep the scene is behind that (default: as they were imported)',
    )
    .option(
      '--preprocessing <json>',
      'everything of how pictures are prepared, in place of the three above: JSON, or the name of a JSON file',
    );
}

/** The configuration of preset, file and flags. */
export async function configFrom(options: Options): Promise<TrainingConfig> {
  const preset = presets.find(({ name }) => name === options.preset) ?? presets[0];
  const file = await readJsonOption(text.parse(options.config), '--config');
  return trainingConfigFrom(preset.config, file, options);
}

/** What a new run is made of. */
export async function requestFrom(
  library: Library,
  config: TrainingConfig,
  options: Options,
  onNote: (text: string) => void,
): Promise<TrainingRequest> {
  const synthetic = findDataset(library, 'synthetic', text.parse(options.synthetic));
  const real = findDataset(library, 'real', text.parse(options.real));
  const name = text.parse(options.name);
  const weight = Number(lossScale(config).effectiveLambda.toPrecision(3));
  onNote(
    `λ = ${config.lambda} (${config.lossReduction}): mean |ψ(x̃) − ψ(x)| weighs ${weight} times the realism loss per patch.`,
  );
  const preprocessing = await preprocessingFrom(config, synthetic, options);
  return { config, synthetic, real, preprocessing, ...(name === undefined ? {} : { name }) };
}

async function preprocessingFrom(
  config: TrainingConfig,
  synthetic: Dataset,
  options: Options,
): Promise<Preprocessing> {
  const written = await readJsonOption(text.parse(options.preprocessing), '--preprocessing');
  if (written !== undefined) return parseOption(preprocessingSchema, written, '--preprocessing');
  const { depth: own } = synthetic;
  const millimetres = (name: string, option: unknown, otherwise: number): number =>
    option === undefined ? otherwise : parseOption(millimetresSchema, option, name);
  const depth = own
    ? {
        foregroundOffsetMm: millimetres('--depth-offset', options.depthOffset, own.foregroundOffsetMm),
        windowMm: millimetres('--depth-window', options.depthWindow, own.windowMm),
      }
    : undefined;
  return preprocessingFor(config, z.enum(['none', 'both']).parse(options.equalise), depth);
}
