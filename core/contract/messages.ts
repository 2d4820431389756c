import { z } from 'zod';
import { studioEventSchema } from './events.ts';
import { fromFailure, studioFailureSchema, type StudioFailure } from './studio-failure.ts';

/** A number that its sender gives to a question, and that its answer bears. */
const callId = z.int().nonnegative();

/** `undefined` is not there in JSON. */
const anything = z.unknown().optional();

/** What the window sends: an operation by name, and what goes in. The studio parses the input by the contract. */
export const callSchema = z.strictObject({ id: callId, name: z.string().max(100), input: anything });

const answerSchema = z.strictObject({ id: callId, output: anything });
const refusalSchema = z.strictObject({ id: callId, failure: studioFailureSchema });
const pushSchema = z.strictObject({ event: studioEventSchema });

/** What the studio sends: an answer, a failure, or an event that nobody asked for. */
export const studioMessageSchema = z.union([refusalSchema, pushSchema, answerSchema]);

export type CallMessage = z.infer<typeof callSchema>;
export type StudioMessage = z.infer<typeof studioMessageSchema>;

/** What came of a call, as plain data: a border that copies values keeps all of it, and of an error only its message. */
export type Reply = { readonly output?: unknown } | { readonly failure: StudioFailure };

/** The output of a reply; a failure is thrown as the error that it was. */
export function outputOf(reply: Reply): unknown {
  if ('failure' in reply) throw fromFailure(reply.failure);
  return reply.output;
}
