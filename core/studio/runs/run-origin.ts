import { z } from 'zod';
import { storedConfigSchema } from '../../contract/config/read.ts';
import { preprocessingSchema } from '../../contract/preprocessing.ts';
import { ENGINE_NAMES } from '../../engine/engine-names.ts';
import type { Library } from '../../library/library.ts';

/** A training that waits for its turn, with all that it needs. */
export const trainingOrderSchema = z.strictObject({
  /** Tells orders apart, so that none is taken in twice. */
  id: z.uuid(),
  /** Of the run. */
  name: z.string().min(1),
  config: storedConfigSchema,
  syntheticDatasetId: z.int(),
  realDatasetId: z.int(),
  preprocessing: preprocessingSchema,
  engine: z.enum(['auto', ...ENGINE_NAMES]),
  threads: z.int().min(1).optional(),
});

export type TrainingOrder = z.infer<typeof trainingOrderSchema>;

/** As it is on record with a run. Its configuration is read by whoever needs it, so that a list does not depend on it. */
const recordedOrderSchema = trainingOrderSchema.extend({ config: z.unknown() });

type RecordedOrder = z.infer<typeof recordedOrderSchema>;

// Earlier versions put the settings beside it, which the order has, too.
const probeVariantSchema = z.object({
  /** Number of the probe, from 1 on. */
  probe: z.int().min(1),
  /** In what the variant differs, in words: "λ=0.1 K_g=2". */
  variant: z.string(),
});

/** What a run is in a probe. */
export type ProbeVariant = z.infer<typeof probeVariantSchema>;

interface Origins {
  readonly order: TrainingOrder;
  readonly probe: ProbeVariant;
}

/** Before every step: where a run comes from is not forgotten when it goes back to a checkpoint, or to its beginning. */
export const FROM_THE_START = Number.MIN_SAFE_INTEGER;

/** Puts on record where a run comes from. */
export function recordOrigin<Kind extends keyof Origins>(
  library: Library,
  runId: number,
  kind: Kind,
  content: Origins[Kind],
): void {
  library.runEvents.add(runId, { step: FROM_THE_START, kind, content });
}

/** The order that a run was made for; undefined where it never was in the queue. */
export function orderOf(library: Library, runId: number): RecordedOrder | undefined {
  const event = library.runEvents.list(runId, 'order').at(0);
  return event && recordedOrderSchema.parse(event.content);
}

/** The variant of a probe that a run is; undefined where it is none. */
export function probeVariantOf(library: Library, runId: number): ProbeVariant | undefined {
  const event = library.runEvents.list(runId, 'probe').at(0);
  return event && probeVariantSchema.parse(event.content);
}
