import { liveKeys, type LiveSettings } from '../../contract/training-command.ts';
import type { TrainingConfig, TrainingConfigKey } from '../../contract/training-config.ts';

/** The command line's flag of a field: `refinerLearningRate` → `--refiner-learning-rate`. */
export function flagOf(key: TrainingConfigKey): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A value as the command line takes it. */
export function fieldText(value: TrainingConfig[TrainingConfigKey]): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

/** Settings that can change in a run, as they are typed: "--lambda 0.3 --kg 2". */
export function settingsAsFlags(settings: LiveSettings & { readonly steps?: number | undefined }): string {
  return ([...liveKeys, 'steps'] as const)
    .flatMap((key) => {
      const value = settings[key];
      return value === undefined ? [] : [`${flagOf(key)} ${fieldText(value)}`];
    })
    .join(' ');
}
