import { z } from 'zod';
import { action, done, id, nothing, query, timestamp } from '../operation.ts';
import { whenBusySchema } from '../work-under-way.ts';
import { jobStarted } from './jobs.ts';

export const recentLibrarySchema = z.strictObject({
  folder: z.string(),
  name: z.string(),
  openedAt: timestamp,
  /** Whether the folder is there now. */
  isThere: z.boolean(),
  lastVerdict: z.string().nullable(),
  images: z.int(),
  /** The address of a small picture of its first image. */
  picture: z.string().nullable(),
});

/** How far a part of the work is, for the rail: nothing there, something can be done, done, something is wrong. */
const stepStateSchema = z.enum(['empty', 'ready', 'done', 'problem']);

export const openLibrarySchema = z.strictObject({
  folder: z.string(),
  name: z.string(),
  openedAt: timestamp,
  /**
   * Names this library and the version of its pictures in their addresses, see `inLibrary`: it changes when another library is
   * opened and when pictures may have changed.
   */
  pictures: z.string(),
  syntheticImages: z.int(),
  realImages: z.int(),
  runs: z.int(),
  steps: z.strictObject({
    data: stepStateSchema,
    train: stepStateSchema,
    inspect: stepStateSchema,
    evaluate: stepStateSchema,
    export: stepStateSchema,
    runs: stepStateSchema,
  }),
});

export const libraryOperations = {
  /** Null while none is open. */
  current: query('Show the open library', nothing, openLibrarySchema.nullable()),
  recent: query('List recent libraries', nothing, z.array(recentLibrarySchema)),
  create: action(
    'New library',
    z.strictObject({
      folder: z.string().min(1),
      name: z.string().trim().min(1).max(200).nullable(),
      whenBusy: whenBusySchema,
    }),
    openLibrarySchema,
  ),
  open: action(
    'Open a library',
    z.strictObject({ folder: z.string().min(1), whenBusy: whenBusySchema }),
    openLibrarySchema,
  ),
  close: action('Close the library', z.strictObject({ whenBusy: whenBusySchema }), done),
  /** Takes it off the list of recent ones; the folder stays. */
  forget: action('Forget a library', z.strictObject({ folder: z.string() }), done),
  /** Makes a library of simulated eyes, rendered and as a camera sees them, and begins to train on it. */
  createSample: action(
    'Try the sample library',
    z.strictObject({
      folder: z.string().nullable(),
      images: z.int().min(50).max(20_000),
      whenBusy: whenBusySchema,
    }),
    jobStarted,
  ),
};

export const engineSchema = z.strictObject({
  name: z.enum(['tensorflow', 'webgpu', 'wasm']),
  state: z.enum(['works', 'wrong', 'missing']),
  device: z.string().nullable(),
  version: z.string().nullable(),
  deterministic: z.boolean(),
  /** Refiner and discriminator updates of the small eye network. */
  stepsPerSecond: z.number().nullable(),
  largestError: z.number().nullable(),
  reason: z.string(),
  remedy: z.string(),
});

export const engineOperations = {
  /** What is known so far; empty before the first measurement. */
  list: query('List engines', nothing, z.array(engineSchema)),
  measure: action('Measure the engines', nothing, jobStarted),
};

export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  /** Of text and controls, in per cent. */
  zoom: z.number().min(80).max(200),
  /** Explains more and shows fewer fields. */
  guided: z.boolean(),
  engine: z.enum(['auto', 'tensorflow', 'webgpu', 'wasm']),
  threads: z.int().min(1).max(256).nullable(),
  /** Off, single letters do nothing. */
  singleKeys: z.boolean(),
  /** Keys by action, where they differ from the defaults. */
  keys: z.record(z.string(), z.string()),
  notifications: z.strictObject({ done: z.boolean(), failed: z.boolean(), guard: z.boolean() }),
  reduceMotion: z.boolean(),
  checkForUpdates: z.boolean(),
});

export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  zoom: 100,
  guided: true,
  engine: 'auto',
  threads: null,
  singleKeys: true,
  keys: {},
  notifications: { done: true, failed: true, guard: true },
  reduceMotion: false,
  checkForUpdates: false,
};

export const settingsOperations = {
  get: query('Show the settings', nothing, settingsSchema),
  set: action('Change settings', settingsSchema.partial(), settingsSchema),
};

export const logEntrySchema = z.strictObject({
  number: z.int(),
  at: timestamp,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  source: z.string(),
  text: z.string(),
});

const systemInfoSchema = z.strictObject({
  version: z.string(),
  platform: z.string(),
  cores: z.int(),
  memoryBytes: z.number(),
  /** Resident memory of the studio and of the processes that work for it. */
  memoryUsedBytes: z.number(),
  shell: z.enum(['electron', 'browser']),
  /** What this shell can do beside the operations. */
  capabilities: z.strictObject({
    /** Native dialogs for choosing folders; else `system.browse`. */
    dialogs: z.boolean(),
    reveal: z.boolean(),
    notifications: z.boolean(),
  }),
  /** Engine of the job at work, or of the last one. */
  engine: z.strictObject({ name: z.string(), device: z.string(), reason: z.string() }).nullable(),
  /** Charging, on battery, or not known. */
  power: z.enum(['mains', 'battery', 'unknown']),
});

export const systemOperations = {
  info: query('Show this computer', nothing, systemInfoSchema),
  log: query(
    'Read the log',
    z.strictObject({ after: z.int().nonnegative(), limit: z.int().min(1).max(2000) }),
    z.array(logEntrySchema),
  ),
  /** Folders below the roots that the host may show; null starts at the roots. */
  browse: query(
    'Browse folders',
    z.strictObject({ folder: z.string().nullable() }),
    z.strictObject({
      folder: z.string().nullable(),
      parent: z.string().nullable(),
      entries: z.array(
        z.strictObject({
          name: z.string(),
          path: z.string(),
          kind: z.enum(['folder', 'library', 'file']),
        }),
      ),
      pictures: z.int(),
    }),
  ),
  /** A native dialog; null when it was cancelled. "bad-usage" in a shell without dialogs. */
  pickFolder: action(
    'Choose a folder',
    z.strictObject({
      /** What for: the last folder is remembered for each. */
      purpose: z.enum(['open-library', 'new-library', 'import', 'relink', 'export', 'verify']),
    }),
    z.strictObject({ path: z.string().nullable() }),
  ),
  /** In the file manager. "bad-usage" in a shell that has none. */
  reveal: action(
    'Reveal in the file manager',
    z.strictObject({
      what: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('library') }),
        z.strictObject({ kind: z.literal('image'), id }),
        z.strictObject({ kind: z.literal('run'), id }),
        z.strictObject({ kind: z.literal('export'), id }),
        z.strictObject({ kind: z.literal('logs') }),
      ]),
    }),
    done,
  ),
  /** One file of log, settings and this computer's facts; its parts are listed first. No images are in it. */
  diagnostics: action(
    'Export diagnostics',
    nothing,
    z.strictObject({ files: z.array(z.strictObject({ name: z.string(), bytes: z.int() })), url: z.string() }),
  ),
};
