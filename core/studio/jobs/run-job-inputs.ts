import { z } from 'zod';
import { storedConfigSchema } from '../../contract/config/read.ts';
import { preprocessingSchema } from '../../contract/preprocessing.ts';
import { exportOperations } from '../../contract/operations/results.ts';
import { liveSettingsSchema } from '../../contract/training-command.ts';

/** What computes, as it was wished for when the job was ordered. */
const engineWish = {
  engine: z.enum(['auto', 'tensorflow', 'webgpu', 'wasm']),
  /** Null: all cores. */
  threads: z.int().min(1).nullable(),
};

const checkpoint = { runId: z.int(), step: z.int() };

/** A new run with nothing left open: datasets are there, preprocessing is chosen. */
export const runOrderSchema = z.strictObject({
  name: z.string().nullable(),
  config: storedConfigSchema,
  syntheticDatasetId: z.int(),
  realDatasetId: z.int(),
  preprocessing: preprocessingSchema,
  ...engineWish,
});

export type RunOrder = z.infer<typeof runOrderSchema>;

/** Working the queue off, or going on with a run; a run that goes on uses its own engine where "auto" is wished for. */
export const trainInputSchema = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('queue') }),
  z.strictObject({
    what: z.literal('resume'),
    runId: z.int(),
    /** Null: those of the run. */
    steps: z.int().nullable(),
    settings: liveSettingsSchema,
    ...engineWish,
  }),
  z.strictObject({
    what: z.literal('branch'),
    ...checkpoint,
    name: z.string().nullable(),
    steps: z.int().nullable(),
    settings: liveSettingsSchema,
    ...engineWish,
  }),
]);

export const probeInputSchema = z.strictObject({
  order: runOrderSchema,
  /** In what each run differs from the order. */
  variants: z.array(liveSettingsSchema),
});

export const proveInputSchema = z.strictObject({ runId: z.int(), ...engineWish });

export const preflightInputSchema = z.strictObject({
  order: runOrderSchema,
  /** Of this computer; only the studio's home can tell. */
  power: z.enum(['mains', 'battery', 'unknown']),
});

export const refineInputSchema = z.strictObject({ ...checkpoint, ...engineWish });

export const evaluateInputSchema = z.strictObject({ ...checkpoint, ...engineWish });

export const dialInputSchema = z.discriminatedUnion('what', [
  /** Tries every α on some images; the result is `dialSchema`. */
  z.strictObject({ what: z.literal('measure'), ...checkpoint, images: z.int(), ...engineWish }),
  /** Measures all refined images again after their α was set. */
  z.strictObject({ what: z.literal('renew'), ...checkpoint, ...engineWish }),
]);

export const askInputSchema = z.strictObject({
  ...checkpoint,
  imageId: z.int(),
  column: z.int(),
  row: z.int(),
  ...engineWish,
});

export const exportInputSchema = exportOperations.start.input;

export const verifyInputSchema = exportOperations.verify.input;
