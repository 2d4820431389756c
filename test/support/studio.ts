import { temporaryLibrary } from '../../core/library/temporary-library.ts';
import type { Dataset } from '../../core/library/datasets.ts';
import type { Library } from '../../core/library/library.ts';
import { simulateDataset } from '../../core/studio/data/simulation.ts';
import { preprocessingFor } from '../../core/studio/training/training-data.ts';
import type { TrainingHooks } from '../../core/studio/training/execute-training.ts';
import type { TrainingRequest } from '../../core/studio/training/training-run.ts';
import type { TrainingConfig } from '../../core/contract/training-config.ts';
import { presets } from '../../core/simgan/presets.ts';

export interface TestStudio extends Disposable {
  readonly library: Library;
  /** A training of the two datasets, of the preset "test" with some fields replaced. */
  request(changes?: Partial<TrainingConfig>, name?: string): TrainingRequest;
}

/** A library in a temporary folder with as many simulated eyes of both looks as asked for. */
export async function studioWithEyes(count: number): Promise<TestStudio> {
  const temporary = temporaryLibrary();
  const { library } = temporary;
  const { synthetic, real } = await addEyes(library, count);
  return {
    library,
    request(changes = {}, name) {
      const preset = presets.find((one) => one.name === 'test') ?? presets[0];
      const config = { ...preset.config, ...changes };
      const preprocessing = preprocessingFor(config, 'none', undefined);
      return { config, synthetic, real, preprocessing, ...(name === undefined ? {} : { name }) };
    },
    [Symbol.dispose]: () => temporary[Symbol.dispose](),
  };
}

/** Simulated eyes as a synthetic dataset "drawn" and a real one "seen". */
export async function addEyes(
  library: Library,
  count: number,
): Promise<{ readonly synthetic: Dataset; readonly real: Dataset }> {
  const eyes = { subject: 'eye', count, seed: 1, widthPx: 55, heightPx: 35 } as const;
  return {
    synthetic: await simulateDataset(library, { ...eyes, name: 'drawn', look: 'render' }, quietHooks()),
    real: await simulateDataset(library, { ...eyes, name: 'seen', look: 'camera' }, quietHooks()),
  };
}

/** Hooks that keep silent; notes are collected where a list is given. */
export function quietHooks(notes: string[] = [], signal = new AbortController().signal): TrainingHooks {
  return { signal, onProgress: () => undefined, onNote: (text) => void notes.push(text) };
}
