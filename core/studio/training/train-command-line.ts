import { isDeepStrictEqual } from 'node:util';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { trainingConfigKeys, type TrainingConfig } from '../../contract/training-config.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { Library } from '../../library/library.ts';
import { presets } from '../../simgan/presets.ts';
import { defaultPreprocessing, preprocessingFor } from './training-data.ts';
import { fieldText, flagOf } from './training-flag.ts';

export interface CommandLineOrder {
  readonly name: string | null;
  readonly config: TrainingConfig;
  readonly synthetic: Dataset;
  readonly real: Dataset;
  readonly preprocessing: Preprocessing;
  readonly engine: string;
  readonly threads: number | null;
}

/**
 * The words by which the same training is started from a terminal: the preset that is nearest, and only what differs
 * from it and from the other defaults of `simgan train`.
 */
export function trainCommandLine(library: Library, order: CommandLineOrder): string[] {
  const { config, synthetic, real, preprocessing } = order;
  const preset = nearestPreset(config);
  const fields = differingKeys(preset.config, config).flatMap((key) => [flagOf(key), fieldText(config[key])]);
  return [
    ...['simgan', 'train', '--library', library.folder, '--preset', preset.name],
    ...datasetWords(library, synthetic),
    ...datasetWords(library, real),
    ...preprocessingWords(config, synthetic, preprocessing),
    ...fields,
    ...(order.engine === 'auto' ? [] : ['--engine', order.engine]),
    ...(order.threads === null ? [] : ['--threads', String(order.threads)]),
    ...(order.name === null ? [] : ['--name', order.name]),
  ];
}

/** Words as one line for the shell that people have: POSIX, or PowerShell on Windows. */
export function quoteForShell(
  words: readonly string[],
  platform: NodeJS.Platform = process.platform,
): string {
  const quote = platform === 'win32' ? "''" : `'\\''`;
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", quote)}'`))
    .join(' ');
}

function nearestPreset(config: TrainingConfig) {
  const distances = presets.map((preset) => differingKeys(preset.config, config).length);
  return presets[distances.indexOf(Math.min(...distances))];
}

function differingKeys(from: TrainingConfig, to: TrainingConfig) {
  return trainingConfigKeys.filter((key) => from[key] !== to[key]);
}

/** The only dataset of its role need not be named. */
function datasetWords(library: Library, dataset: Dataset): string[] {
  const ofRole = library.datasets.list().filter(({ role }) => role === dataset.role);
  return ofRole.length === 1 ? [] : [`--${dataset.role}`, dataset.name];
}

/** By the plain flags where they can say it, else as JSON. */
function preprocessingWords(
  config: TrainingConfig,
  synthetic: Dataset,
  preprocessing: Preprocessing,
): string[] {
  const { depth } = preprocessing;
  const isDefault = isDeepStrictEqual(preprocessing, defaultPreprocessing(config, synthetic));
  if (isDefault) return [];
  if (isDeepStrictEqual(preprocessing, preprocessingFor(config, 'both', undefined))) {
    return ['--equalise', 'both'];
  }
  if (depth && Number.isInteger(depth.foregroundOffsetMm) && depth.foregroundOffsetMm >= 0) {
    if (isDeepStrictEqual(preprocessing, preprocessingFor(config, 'none', depth))) {
      return ['--depth-offset', String(depth.foregroundOffsetMm), '--depth-window', String(depth.windowMm)];
    }
  }
  return ['--preprocessing', JSON.stringify(preprocessing)];
}
