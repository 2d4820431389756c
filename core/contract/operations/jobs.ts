import { z } from 'zod';
import { action, done, id, nothing, query, timestamp } from '../operation.ts';
import { studioFailureSchema } from '../studio-failure.ts';

export const jobKindSchema = z.enum([
  'import',
  'simulate',
  'sample-library',
  'check-files',
  'health',
  'map',
  'train',
  'probe',
  'preflight',
  'prove',
  'refine',
  'evaluate',
  'dial',
  'ask',
  'export',
  'verify',
  'engines',
]);

const jobStatusSchema = z.enum(['waiting', 'running', 'done', 'cancelled', 'failed']);

/** Long work: what it is, how far it is, and what came of it. Kept in the library and across restarts. */
export const jobSchema = z.strictObject({
  id,
  kind: jobKindSchema,
  /** "Importing renders" */
  title: z.string(),
  status: jobStatusSchema,
  /** The run it is for, if it is for one. */
  runId: id.nullable(),
  progress: z
    .strictObject({
      label: z.string(),
      done: z.number(),
      total: z.number().nullable(),
      unit: z.string(),
      perSecond: z.number().nullable(),
      secondsLeft: z.number().nullable(),
    })
    .nullable(),
  /** By kind: an import's report, an evaluation, the place of an export … */
  result: z.unknown(),
  failure: studioFailureSchema.nullable(),
  /** What was said on the way, newest last: files left out, an engine's choice. */
  notes: z.array(z.string()),
  createdAt: timestamp,
  startedAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
});

export const jobStarted = z.strictObject({ jobId: id });

export const jobOperations = {
  /** Those at work and waiting, and the newest that have ended. */
  list: query('List jobs', nothing, z.array(jobSchema)),
  get: query('Show a job', z.strictObject({ id }), jobSchema),
  /** Politely: what is done stays done. An ended job stays as it is. */
  cancel: action('Cancel a job', z.strictObject({ id }), done),
  /** Takes ended jobs off the list. */
  clear: action('Clear ended jobs', nothing, done),
};
