import { z } from 'zod';
import { annotationSchema } from '../annotation.ts';
import { depthMapsSchema } from '../depth-maps.ts';
import { labelAdjustmentSchema } from '../label-adjustment.ts';
import { preprocessingSchema } from '../preprocessing.ts';
import { action, done, id, nothing, query, timestamp } from '../operation.ts';
import { importNoteKindSchema } from '../import-note.ts';
import { skipReasonSchema } from '../skip-reason.ts';
import { imageFilterSchema, roleSchema } from './images.ts';
import { jobStarted } from './jobs.ts';

const datasetSchema = z.strictObject({
  id,
  name: z.string(),
  role: roleSchema,
  format: z.string(),
  rootPath: z.string(),
  /** Whether the folder is there now. */
  isReachable: z.boolean(),
  copied: z.boolean(),
  keypointLayout: z.string().nullable(),
  /** Of depth maps. */
  depth: depthMapsSchema.nullable(),
  createdAt: timestamp,
  images: z.int(),
  /** Neither excluded nor missing. */
  inUse: z.int(),
  excluded: z.int(),
  missing: z.int(),
  duplicates: z.int(),
  withGaze: z.int(),
  withKeypoints: z.int(),
  withCategory: z.int(),
});

const grey = z.array(z.int());

/** One side of the two-column comparison of domains. */
const healthSideSchema = z.strictObject({
  images: z.int(),
  /** Counts of the images' means, in 32 bins. */
  intensity: grey,
  /** Counts of the images' standard deviations, in 32 bins. */
  contrast: grey,
  /** Counts of pixels by value, in 64 bins, of depth maps what was measured; of a sample of images at one size. */
  pixels: grey,
  /** Variance of the Laplacian of grey levels, of a sample: low is blurred. */
  sharpness: z.strictObject({ median: z.number(), p10: z.number(), p90: z.number() }).nullable(),
  sizes: z.array(z.strictObject({ widthPx: z.int(), heightPx: z.int(), count: z.int() })),
  /** Counts by yaw (columns) and pitch (rows), in bins of 5 degrees; null without gaze. */
  gaze: z
    .strictObject({
      yawFromDeg: z.number(),
      pitchFromDeg: z.number(),
      binDeg: z.number(),
      counts: z.array(z.array(z.int())),
    })
    .nullable(),
  /** Of each keypoint, over images that have keypoints. */
  joints: z.array(
    z.strictObject({
      name: z.string(),
      visibleShare: z.number(),
      /** Labelled, but hidden in the image. */
      hiddenShare: z.number(),
      /** Where it lies: its 5th and 95th percentile, as shares of the part that is used. Null where it is never labelled. */
      across: z.tuple([z.number(), z.number()]).nullable(),
      down: z.tuple([z.number(), z.number()]).nullable(),
    }),
  ),
  duplicates: z.int(),
});

/** A histogram's first value, and the width of each of its bins. */
const binsSchema = z.strictObject({ from: z.number(), width: z.number().positive() });

/** In what the values of images are counted, the same for both domains. */
const healthScaleSchema = z.strictObject({
  /** Grey levels of 0 to 255, or depth. */
  unit: z.enum(['grey', 'mm']),
  intensity: binsSchema,
  contrast: binsSchema,
  pixels: binsSchema,
});

export const healthSchema = z.strictObject({
  madeAt: timestamp,
  scale: healthScaleSchema,
  synthetic: healthSideSchema.nullable(),
  real: healthSideSchema.nullable(),
  /** Images whose bytes are in both domains. */
  leaks: z.int(),
  /** A small classifier told held-out images of the domains apart this often; null where there are too few. */
  separability: z
    .strictObject({ accuracy: z.number(), low: z.number(), high: z.number(), images: z.int() })
    .nullable(),
  /** What was found, and what to do about it. */
  findings: z.array(
    z.strictObject({
      level: z.enum(['good', 'note', 'warning']),
      text: z.string(),
      remedy: z.string(),
      /** The images that it is about. */
      filter: imageFilterSchema.exactOptional(),
    }),
  ),
});

export const mapPointsSchema = z.strictObject({
  madeAt: timestamp,
  method: z.enum(['pca', 'umap']),
  seed: z.int(),
  /** Column by column, one entry per point. */
  x: z.array(z.number()),
  y: z.array(z.number()),
  imageId: z.array(id),
  set: z.array(z.enum(['synthetic', 'real', 'refined'])),
  /** By k-means on the features, 0 to 7. */
  cluster: z.array(z.int()),
});

export const datasetOperations = {
  list: query('List datasets', nothing, z.array(datasetSchema)),
  rename: action('Rename a dataset', z.strictObject({ id, name: z.string().trim().min(1).max(200) }), done),
  /** Records go, files stay. */
  remove: action('Remove a dataset', z.strictObject({ id }), done),
  /** Looks for every file and marks those that are gone. */
  check: action('Look for missing files', z.strictObject({ id }), jobStarted),
  /**
   * The folder was moved: one of its images is now at `path`; the rest follows. Says how many of a sample were found
   * there with the same content.
   */
  relink: action(
    'Relink missing images',
    z.strictObject({ id, imageId: id, path: z.string() }),
    z.strictObject({ rootPath: z.string(), found: z.int(), missing: z.int() }),
  ),
  measureHealth: action('Compare the domains', nothing, jobStarted),
  /** The newest comparison; null before the first. */
  health: query('Show how the domains compare', nothing, healthSchema.nullable()),
  makeMap: action(
    'Make the map',
    z.strictObject({
      method: z.enum(['pca', 'umap']),
      images: z.int().min(10).max(20_000),
      seed: z.int().nonnegative(),
    }),
    jobStarted,
  ),
  map: query('Show the map', nothing, mapPointsSchema.nullable()),
};

const formatSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  describes: z.string(),
  roles: z.array(roleSchema),
  /** JSON schema of its options. */
  optionsSchema: z.record(z.string(), z.unknown()),
});

const skippedFileSchema = z.strictObject({
  path: z.string(),
  line: z.int().exactOptional(),
  reason: skipReasonSchema,
  message: z.string(),
});

/** A file that may hold labels and is not read, and why. */
const unreadFileSchema = z.strictObject({ path: z.string(), why: z.string() });

export const importReportSchema = z.strictObject({
  datasetId: id,
  dataset: z.string(),
  format: z.string(),
  why: z.string(),
  added: z.int(),
  known: z.int(),
  changed: z.int(),
  /** Of those added. */
  labelled: z.int(),
  /** Images that were found. */
  pictures: z.int(),
  /** Images with a label after this import, of `pictures`. */
  withLabels: z.int(),
  /** What keeps images from a label, or from the library; the commonest first. */
  causes: z.array(
    z.strictObject({
      reason: skipReasonSchema,
      count: z.int(),
      examples: z.array(
        z.strictObject({ path: z.string(), line: z.int().exactOptional(), message: z.string() }),
      ),
    }),
  ),
  /** What is doubtful about labels that were imported. */
  notes: z.array(
    z.strictObject({
      about: importNoteKindSchema,
      images: z.int(),
      example: z.strictObject({ path: z.string(), message: z.string() }),
    }),
  ),
  unread: z.array(unreadFileSchema),
  depth: depthMapsSchema.nullable(),
  duplicates: z.int(),
  duplicatesInOtherSets: z.int(),
  skipped: z.array(skippedFileSchema),
});

const source = {
  role: roleSchema,
  folder: z.string().min(1),
  /** Null detects it. */
  format: z.string().nullable(),
  /** The format's own. */
  options: z.unknown(),
};

const importSampleSchema = z.strictObject({
  /** Its picture is at `sampleUrl(sample, place)`. */
  sample: z.string(),
  format: z.string(),
  why: z.string(),
  images: z.array(
    z.strictObject({
      path: z.string(),
      widthPx: z.int(),
      heightPx: z.int(),
      bitDepth: z.int(),
      channels: z.int(),
      /** The part that the format says to use. */
      crop: z
        .strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
        .nullable(),
      /** As the importer reads them, before any adjustment. */
      annotations: z.array(annotationSchema),
    }),
  ),
  /** What depth maps the images seem to be; null for pictures. */
  depth: depthMapsSchema.nullable(),
  /** What lies in the depth window fills so little of the images that they are best cropped to it. */
  cropToDepth: z.boolean(),
  skipped: z.array(skippedFileSchema),
  unread: z.array(unreadFileSchema),
});

export const importOperations = {
  formats: query('List formats', nothing, z.array(formatSchema)),
  detect: query(
    'Recognise the format of a folder',
    z.strictObject({ folder: z.string().min(1) }),
    z.array(z.strictObject({ id: z.string(), title: z.string(), confidence: z.number(), why: z.string() })),
  ),
  /** A few images spread over the folder, with their labels, without importing anything. */
  sample: query(
    'Look at a folder',
    z.strictObject({ ...source, count: z.int().min(1).max(48) }),
    importSampleSchema,
  ),
  /** What a sample looks like at training size, in counts of grey levels (64 bins of 4). */
  shape: query(
    'Try a shape',
    z.strictObject({
      sample: z.string(),
      preprocessing: preprocessingSchema,
      depth: depthMapsSchema.nullable(),
      cropToDepth: z.boolean(),
    }),
    z.strictObject({ before: grey, after: grey, otherDomain: grey.nullable() }),
  ),
  start: action(
    'Import images',
    z.strictObject({
      ...source,
      adjustment: labelAdjustmentSchema,
      /** Null for pictures. */
      depth: depthMapsSchema.nullable(),
      /** Depth maps are used around what lies in their window, unless the format says which part to use. */
      cropToDepth: z.boolean(),
      /** Imports synthetic images that have no label; otherwise a set without any label is refused. */
      unlabelled: z.boolean().default(false),
      /** Keeps impossible labels, such as a gaze away from the camera. */
      keepImpossible: z.boolean().default(false),
      name: z.string().trim().min(1).max(200).nullable(),
      copy: z.boolean(),
    }),
    jobStarted,
  ),
};

export const simulateOperations = {
  start: action(
    'Simulate labelled images',
    z.strictObject({
      subject: z.enum(['eye', 'hand']),
      look: z.enum(['render', 'camera']),
      name: z.string().trim().min(1).max(200),
      count: z.int().min(1).max(1_000_000),
      seed: z.int().nonnegative(),
      widthPx: z.int().min(8).max(1024),
      heightPx: z.int().min(8).max(1024),
    }),
    jobStarted,
  ),
};
