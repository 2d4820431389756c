import { simulateDataset } from '../data/simulation.ts';
import { simulateInputSchema } from './data-job-inputs.ts';
import { defineJob } from './job.ts';

/** Makes a set of simulated images; the result says which. */
export const simulateJob = defineJob(
  simulateInputSchema,
  async (request, { library, signal, onProgress }) => {
    const { id, name, role } = await simulateDataset(library, request, { signal, onProgress });
    return { datasetId: id, dataset: name, role, images: request.count };
  },
);
