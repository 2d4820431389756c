import { presets } from '../../simgan/presets.ts';
import { queueTraining } from '../queue/queue.ts';
import { simulateDataset } from '../data/simulation.ts';
import { preprocessingFor } from '../training/training-data.ts';
import { sampleLibraryInputSchema } from './data-job-inputs.ts';
import { defineJob } from './job.ts';

/** Simulated eyes, rendered and as a camera sees them, and a training on them that waits for its turn. */
export const sampleLibraryJob = defineJob(
  sampleLibraryInputSchema,
  async ({ images, widthPx, heightPx, seed }, { library, signal, onProgress }) => {
    const eyes = { subject: 'eye', count: images, seed, widthPx, heightPx } as const;
    const hooks = { signal, onProgress };
    const synthetic = await simulateDataset(
      library,
      { ...eyes, name: 'simulated eyes', look: 'render' },
      hooks,
    );
    const real = await simulateDataset(library, { ...eyes, name: 'camera eyes', look: 'camera' }, hooks);
    const preset = presets.find(({ name }) => name === 'eye-small') ?? presets[0];
    const config = { ...preset.config, seed, widthPx, heightPx };
    const preprocessing = preprocessingFor(config, 'none', undefined);
    const run = queueTraining(library, { config, synthetic, real, preprocessing }, { engine: 'auto' });
    return { syntheticDatasetId: synthetic.id, realDatasetId: real.id, runId: run.id };
  },
);
