import { z } from 'zod';
import { preprocessingSchema } from '../preprocessing.ts';
import { liveSettingsSchema, trainingCommandSchema } from '../training-command.ts';
import { trainingConfigSchema } from '../training-config.ts';
import { action, done, id, nothing, query, timestamp } from '../operation.ts';
import { jobStarted } from './jobs.ts';

const runStatusSchema = z.enum([
  'queued',
  'preflight',
  'warming',
  'running',
  'paused',
  'finishing',
  'done',
  'stopped',
  'failed',
  /** Computed: a process should be at work and none is. */
  'interrupted',
]);

export const runSchema = z.strictObject({
  id,
  name: z.string(),
  status: runStatusSchema,
  /** Step −n to −1: pre-training. */
  step: z.int(),
  totalSteps: z.int(),
  parent: z.strictObject({ runId: id, step: z.int() }).nullable(),
  /** Null where this program cannot read it. */
  config: trainingConfigSchema.nullable(),
  /** Why it cannot be read, and what to do; null where it can. */
  configError: z.string().nullable(),
  syntheticDatasetId: id.nullable(),
  realDatasetId: id.nullable(),
  engine: z.string().nullable(),
  device: z.string().nullable(),
  /** Its health in words. */
  verdict: z.string().nullable(),
  error: z.string().nullable(),
  notes: z.string(),
  tags: z.array(z.string()),
  archived: z.boolean(),
  trashed: z.boolean(),
  bestStep: z.int().nullable(),
  /** Of the best checkpoint. */
  bestScores: z
    .strictObject({
      realism: z.number().nullable(),
      driftPx: z.number().nullable(),
      score: z.number().nullable(),
    })
    .nullable(),
  /**
   * Of its newest evaluation: what an estimator trained on the refined images gets wrong on labelled real ones, beside one
   * trained on the untouched synthetic images; null where it was not evaluated.
   */
  downstream: z
    .strictObject({
      /** Of the checkpoint that was evaluated. */
      step: z.int(),
      unit: z.string(),
      /** Null where it could not be measured. */
      error: z.number().nullable(),
      /** Between repetitions. */
      deviation: z.number().nullable(),
      /** Of the untouched synthetic images. */
      before: z.number().nullable(),
      /** Of synthetic images through a tone curve that is fitted to the real ones: what a plain filter reaches. */
      toneCurve: z.number().nullable(),
      /** Why it could not be measured; empty where it was. */
      whyNot: z.string(),
    })
    .nullable(),
  /** The probe that it is a variant of, while it waits for its turn. */
  probe: z.int().nullable(),
  /** The newest reading of every metric. */
  metrics: z.record(z.string(), z.number()),
  /** Of work, in seconds. */
  seconds: z.number(),
  createdAt: timestamp,
  finishedAt: timestamp.nullable(),
});

const engineWish = {
  engine: z.enum(['auto', 'tensorflow', 'webgpu', 'wasm']),
  /** Null: all cores. */
  threads: z.int().min(1).max(256).nullable(),
};

/** What a training is made of: one schema for form, command line and file. */
const trainingOrderSchema = z.strictObject({
  name: z.string().trim().min(1).max(200).nullable(),
  config: trainingConfigSchema,
  syntheticDatasetId: id,
  realDatasetId: id,
  /** Null: chosen by the datasets and the size in the configuration. */
  preprocessing: preprocessingSchema.nullable(),
  ...engineWish,
});

const presetSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  config: trainingConfigSchema,
  /** Saved by the user, in the settings of this computer. */
  own: z.boolean(),
});

export const preflightSchema = z.strictObject({
  checks: z.array(
    z.strictObject({
      level: z.enum(['good', 'warning', 'problem']),
      text: z.string(),
      /** What to do about it; empty where it is good. */
      remedy: z.string(),
    }),
  ),
  engine: z.string(),
  engineReason: z.string(),
  memoryBytes: z.number(),
  memoryFreeBytes: z.number(),
  diskBytes: z.number(),
  diskFreeBytes: z.number(),
  /** Of 20 real steps, without the first. */
  secondsPerStep: z.number(),
  secondsTotal: z.number(),
});

/** Readings over buckets of steps, at most as many as were asked for; column by column. */
const metricSeriesSchema = z.strictObject({
  name: z.string(),
  bucketSteps: z.number(),
  steps: z.array(z.number()),
  /** Of the finite readings; null where a bucket has none. */
  min: z.array(z.number().nullable()),
  mean: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  nonFinite: z.int(),
});

export const runEventSchema = z.strictObject({
  step: z.int(),
  kind: z.string(),
  /** By kind; a guard's finding has `guard`, `action`, `message`, `remedies: {text, changes}[]`. */
  content: z.unknown(),
  createdAt: timestamp,
});

const previewKindSchema = z.enum(['synthetic', 'refined', 'difference', 'patches', 'nearest-real']);

const checkpointSchema = z.strictObject({
  step: z.int(),
  bytes: z.number(),
  pinned: z.boolean(),
  isBest: z.boolean(),
  realism: z.number().nullable(),
  driftPx: z.number().nullable(),
  score: z.number().nullable(),
  createdAt: timestamp,
});

export const runOperations = {
  list: query('List runs', nothing, z.array(runSchema)),
  get: query('Show a run', z.strictObject({ id }), runSchema),
  presets: query('List presets', nothing, z.array(presetSchema)),
  savePreset: action(
    'Save a preset',
    z.strictObject({ title: z.string().trim().min(1).max(100), config: trainingConfigSchema }),
    done,
  ),
  removePreset: action('Delete a preset', z.strictObject({ name: z.string() }), done),
  /** How the images would be prepared where nothing is said. */
  preprocessing: query(
    'Show how images are prepared',
    z.strictObject({ config: trainingConfigSchema, syntheticDatasetId: id, realDatasetId: id }),
    preprocessingSchema,
  ),
  /** The same training as a command line. */
  commandLine: query('Copy as command line', trainingOrderSchema, z.strictObject({ text: z.string() })),
  preflight: action('Check before training', trainingOrderSchema, jobStarted),
  /** Puts the run on record; it trains when its turn has come, at once where nothing else does. */
  start: action('Start training', trainingOrderSchema, z.strictObject({ runId: id })),
  resume: action(
    'Resume a run',
    z.strictObject({ id, steps: z.int().positive().nullable(), settings: liveSettingsSchema }),
    jobStarted,
  ),
  branch: action(
    'Branch from a checkpoint',
    z.strictObject({
      id,
      step: z.int(),
      name: z.string().trim().min(1).max(200).nullable(),
      steps: z.int().positive().nullable(),
      settings: liveSettingsSchema,
    }),
    jobStarted,
  ),
  /** Pause, resume, stop and save, checkpoint, preview, change settings: at the next step border. */
  command: action('Steer a run', z.strictObject({ id, command: trainingCommandSchema }), done),
  /** Trains what waits in the queue where nobody does: its job was cancelled or failed. */
  workQueue: action('Work the queue off', nothing, jobStarted),
  /** Takes a run out of the queue; one that has begun, or whose process died, is kept as stopped. */
  dequeue: action('Take a run out of the queue', z.strictObject({ id }), done),
  prove: action('Prove a run', z.strictObject({ id }), jobStarted),
  probe: action(
    'Probe variants',
    z.strictObject({
      order: trainingOrderSchema,
      /** Every combination is tried. */
      grid: z.record(z.string(), z.array(z.union([z.number(), z.string()])).min(1)),
      steps: z.int().min(10).max(100_000),
    }),
    jobStarted,
  ),
  update: action(
    'Change what is said of a run',
    z.strictObject({
      id,
      name: z.string().trim().min(1).max(200).exactOptional(),
      notes: z.string().max(20_000).exactOptional(),
      tags: z.array(z.string().trim().min(1).max(100)).exactOptional(),
      archived: z.boolean().exactOptional(),
      /** In the trash it can be taken back until the trash is emptied. */
      trashed: z.boolean().exactOptional(),
    }),
    done,
  ),
  emptyTrash: action('Empty the trash', nothing, z.strictObject({ runs: z.int(), bytes: z.number() })),
  metrics: query(
    'Read curves',
    z.strictObject({
      id,
      /** Null: all. */
      names: z.array(z.string()).nullable(),
      fromStep: z.int().nullable(),
      toStep: z.int().nullable(),
      maxPoints: z.int().min(2).max(5000),
    }),
    z.array(metricSeriesSchema),
  ),
  events: query('List what happened in a run', z.strictObject({ id }), z.array(runEventSchema)),
  /** What changed, in plain sentences, oldest first. */
  narration: query(
    'Tell a run',
    z.strictObject({ id }),
    z.array(z.strictObject({ step: z.int(), text: z.string() })),
  ),
  /** Steps that have previews, and how many samples the strip has. Pictures: `previewUrl`. */
  previews: query(
    'List previews',
    z.strictObject({ id }),
    z.strictObject({
      samples: z.int(),
      widthPx: z.int(),
      heightPx: z.int(),
      /** The synthetic images of the strip, in its order. */
      imageIds: z.array(id),
      steps: z.array(z.strictObject({ step: z.int(), kinds: z.array(previewKindSchema) })),
    }),
  ),
  diskUse: query(
    'Measure what a run takes on disk',
    z.strictObject({ id }),
    z.strictObject({
      checkpoints: z.number(),
      previews: z.number(),
      history: z.number(),
      refined: z.number(),
      other: z.number(),
    }),
  ),
  /** Keeps the best, the newest and the pinned checkpoints. */
  cleanUp: action(
    'Clean up a run',
    z.strictObject({ id }),
    z.strictObject({ removed: z.int(), bytes: z.number() }),
  ),
};

export const checkpointOperations = {
  list: query('List checkpoints', z.strictObject({ runId: id }), z.array(checkpointSchema)),
  pin: action('Keep a checkpoint', z.strictObject({ runId: id, step: z.int(), on: z.boolean() }), done),
};

export const historyOperations = {
  /** What the buffer held after a step; null takes the last on record. Pictures: `historyUrl`. */
  view: query(
    'Look into the history buffer',
    z.strictObject({ runId: id, step: z.int().nullable() }),
    z.strictObject({
      runId: id,
      step: z.int(),
      firstStep: z.int(),
      lastStep: z.int(),
      capacity: z.int(),
      distinctSources: z.int(),
      oldestStep: z.int(),
      newestStep: z.int(),
      ages: z.strictObject({ binSteps: z.int(), counts: z.array(z.int()) }),
      /** Of the refined images of the discriminator's next batch. */
      batch: z.strictObject({ refined: z.int(), fromBuffer: z.int() }),
      images: z.array(
        z.strictObject({
          slot: z.int(),
          sourceImageId: id,
          source: z.string().nullable(),
          enteredStep: z.int(),
          ageSteps: z.int(),
          /** Whether its pixels are on disk. */
          hasPicture: z.boolean(),
        }),
      ),
    }),
  ),
  /** Which image of which source entered in a step, and how old what it replaced was. */
  entered: query(
    'List what entered the history buffer',
    z.strictObject({ runId: id, step: z.int() }),
    z.array(z.strictObject({ slot: z.int(), sourceImageId: id, replacedStep: z.int().nullable() })),
  ),
};
