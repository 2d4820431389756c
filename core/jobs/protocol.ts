import { z } from 'zod';
import { studioFailureSchema } from '../contract/studio-failure.ts';

/** What a worker is told. Plain data only: paths and numbers, never code. */
export const requestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), id: z.int(), method: z.string(), args: z.unknown() }),
  /** Politely: the job ends at its next safe point. */
  z.strictObject({ type: z.literal('cancel'), id: z.int() }),
  /** A sign of life of whoever started the worker. */
  z.strictObject({ type: z.literal('heartbeat') }),
]);

export type Request = z.infer<typeof requestSchema>;

const progressSchema = z.strictObject({
  done: z.number(),
  total: z.number().nullable(),
  unit: z.string(),
  label: z.string(),
});

/** What a worker tells. */
export const answerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('reply'), id: z.int(), result: z.unknown() }),
  z.strictObject({ type: z.literal('error'), id: z.int(), failure: studioFailureSchema }),
  z.strictObject({ type: z.literal('progress'), id: z.int(), progress: progressSchema }),
  z.strictObject({ type: z.literal('note'), id: z.int(), text: z.string() }),
  /** Whatever else a job has to tell, by agreement of both sides. */
  z.strictObject({ type: z.literal('event'), id: z.int(), event: z.unknown() }),
  /** The first one when its modules are loaded and it waits for a job. */
  z.strictObject({
    type: z.literal('heartbeat'),
    /** Of its process, resident. */
    memoryBytes: z.number(),
  }),
]);

export type Answer = z.infer<typeof answerSchema>;

/** Both sides give one in this time, while their event loop turns. */
export const HEARTBEAT_MS = 2_000;
