import { createRandom } from '../../base/random.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import { batchSourceStateSchema, createBatchSource } from '../../datasets/pixels/batches.ts';
import type { Pack } from '../../datasets/pixels/pack.ts';
import type { LoadedCheckpoint } from '../../simgan/checkpoint.ts';
import type { DataSources } from '../../simgan/iteration.ts';
import type { RunPacks } from '../runs/runs.ts';

/** The mini-batches of a run from the start, or from where a checkpoint stood. */
export function sourcesOf(
  data: Pick<RunPacks, 'syntheticPack' | 'realPack'>,
  config: TrainingConfig,
  checkpoint: LoadedCheckpoint | undefined,
): DataSources {
  const sourceOf = (pack: Pack, role: 'synthetic' | 'real') =>
    createBatchSource(pack, {
      batchSize: config.batchSize,
      random: createRandom(config.seed, 'data', role),
      ...(checkpoint ? { restore: batchSourceStateSchema.parse(checkpoint.state[role]) } : {}),
    });
  return { synthetic: sourceOf(data.syntheticPack, 'synthetic'), real: sourceOf(data.realPack, 'real') };
}
