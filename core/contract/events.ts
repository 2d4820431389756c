import { z } from 'zod';
import { id } from './operation.ts';
import { jobSchema } from './operations/jobs.ts';
import { runEventSchema, runSchema } from './operations/runs.ts';
import { logEntrySchema, openLibrarySchema, settingsSchema } from './operations/studio.ts';

/**
 * What the studio tells everyone who listens. A store takes one snapshot by a query and then follows these; whoever has
 * lost the connection takes a new snapshot.
 */
export const studioEventSchema = z.discriminatedUnion('type', [
  /** Another library is open, or none. Everything else is to be asked for again. */
  z.strictObject({ type: z.literal('library'), library: openLibrarySchema.nullable() }),
  /** Pictures of the open library may be others: its new `pictures`, see `inLibrary`. */
  z.strictObject({ type: z.literal('pictures'), pictures: z.string() }),
  /** About ten times a second at most for each job. */
  z.strictObject({ type: z.literal('job'), job: jobSchema }),
  z.strictObject({ type: z.literal('jobs-cleared') }),
  z.strictObject({ type: z.literal('run'), run: runSchema }),
  z.strictObject({ type: z.literal('run-removed'), runId: id }),
  /** There are new readings up to a step; ask for those after the last one had. */
  z.strictObject({ type: z.literal('metrics'), runId: id, step: z.int() }),
  z.strictObject({ type: z.literal('preview'), runId: id, step: z.int() }),
  z.strictObject({ type: z.literal('checkpoint'), runId: id, step: z.int() }),
  z.strictObject({ type: z.literal('run-event'), runId: id, event: runEventSchema }),
  /** Images, labels, tags or datasets changed: lists are to be asked for again. */
  z.strictObject({
    type: z.literal('data'),
    what: z.enum(['datasets', 'images', 'tags', 'views', 'health', 'map']),
  }),
  /** How far a change of many images is, about ten times a second; as many done as there are: none is under way. */
  z.strictObject({ type: z.literal('edit'), done: z.int(), images: z.int() }),
  z.strictObject({
    type: z.literal('results'),
    runId: id,
    what: z.enum(['refined', 'evaluation', 'dial', 'export', 'turing']),
  }),
  z.strictObject({ type: z.literal('settings'), settings: settingsSchema }),
  z.strictObject({ type: z.literal('log'), entry: logEntrySchema }),
  /** The shell asks the window for something: a menu item or a file that was opened. */
  z.strictObject({ type: z.literal('command'), action: z.string() }),
]);

export type StudioEvent = z.infer<typeof studioEventSchema>;
export type StudioListener = (event: StudioEvent) => void;
