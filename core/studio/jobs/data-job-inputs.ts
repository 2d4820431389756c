import { z } from 'zod';
import {
  datasetOperations,
  importOperations,
  simulateOperations,
} from '../../contract/operations/datasets.ts';

/** What the jobs of data are given: parsed by who orders them and by the process that works. */
export const importInputSchema = importOperations.start.input;

export const simulateInputSchema = simulateOperations.start.input;

/** Two sets of simulated eyes, rendered and as a camera sees them, in the open library. */
export const sampleLibraryInputSchema = z.strictObject({
  /** In each of the two. */
  images: z.int().min(1),
  widthPx: z.int(),
  heightPx: z.int(),
  seed: z.int(),
});

export const checkFilesInputSchema = z.strictObject({ datasetId: z.int() });

export const healthInputSchema = z.strictObject({});

export const mapInputSchema = datasetOperations.makeMap.input;
