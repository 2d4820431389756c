import type { TrainingConfigKey } from '../contract/training-config.ts';

/** The command line's flag of a field: `refinerLearningRate` → `--refiner-learning-rate`. */
export function flagOf(key: TrainingConfigKey): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
