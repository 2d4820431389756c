import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../../core/base/random.ts';
import { writeSafeTensors, type SavedTensor } from '../../../core/base/safetensors.ts';
import type { TrainingConfig } from '../../../core/contract/training-config.ts';
import { openEngine } from '../../../core/engine/engine.ts';
import { createLibrary } from '../../../core/library/library.ts';
import { createSimGan } from '../../../core/simgan/algorithm-1.ts';
import { ensurePack } from '../../../core/studio/data/packs.ts';
import { simulateDataset } from '../../../core/studio/data/simulation.ts';
import { preprocessingFor } from '../../../core/studio/training/training-data.ts';
import { startTraining } from '../../../core/studio/training/training-run.ts';

/** The run whose checkpoint refines. */
export const START_RUN = 'start';

/**
 * Writes what all contestants start from into `folder`: config.json, start.safetensors with every weight and one batch,
 * and bench.simgan, a library with `count` synthetic and 640 real eyes and a run of one step.
 *
 * @returns seconds to read and pack one image of a folder
 */
export async function prepare(
  folder: string,
  config: TrainingConfig,
  count: number,
  threads: number,
): Promise<number> {
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const engine = await openEngine('wasm', { threads });
  const library = createLibrary(join(folder, 'bench.simgan'));
  try {
    const { widthPx, heightPx, channels, batchSize } = config;
    const quiet = {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onNote: () => undefined,
    };
    const subject = { subject: 'eye', widthPx, heightPx, seed: 1 } as const;
    const synthetic = await simulateDataset(
      library,
      { ...subject, name: 'synthetic', look: 'render', count },
      quiet,
    );
    const real = await simulateDataset(
      library,
      { ...subject, name: 'real', look: 'camera', count: 640 },
      quiet,
    );
    const preprocessing = preprocessingFor(config, 'none', undefined);
    const startMs = performance.now();
    await ensurePack(library, synthetic, 'all', preprocessing, quiet);
    const packSeconds = (performance.now() - startMs) / 1000;
    const once = { ...config, steps: 1, refinerPretrainSteps: 0, discriminatorPretrainSteps: 0 };
    await startTraining(
      library,
      engine,
      { name: START_RUN, config: { ...once, evaluationEvery: 0 }, synthetic, real, preprocessing },
      quiet,
    );

    const gan = createSimGan(config);
    const random = createRandom(config.seed, 'bench');
    const batch = Float32Array.from({ length: batchSize * heightPx * widthPx * channels }, () =>
      random.range(-1, 1),
    );
    const tensors = new Map<string, SavedTensor>([
      ['batch', { shape: [batchSize, heightPx, widthPx, channels], values: batch }],
    ]);
    for (const { name, variable } of [...gan.refiner.weights, ...gan.discriminator.weights]) {
      tensors.set(name, { shape: variable.shape, values: await variable.data<'float32'>() });
    }
    gan.dispose();
    await writeSafeTensors(join(folder, 'start.safetensors'), { tensors, metadata: {} });
    return packSeconds / count;
  } finally {
    library.close();
    engine.dispose();
  }
}
