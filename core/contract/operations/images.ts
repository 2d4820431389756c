import { z } from 'zod';
import { annotationSchema } from '../annotation.ts';
import { done, id, action, query, timestamp } from '../operation.ts';

export const roleSchema = z.enum(['synthetic', 'real']);
export const splitSchema = z.enum(['train', 'test']);

/** Columns that lists are filtered by range, sorted by and counted into histograms. */
export const numericColumnSchema = z.enum([
  'pitchRad',
  'yawRad',
  'greyMean',
  'greyDeviation',
  'visibleJoints',
  'widthPx',
  'heightPx',
]);

/** Both ends belong to it; an end that is not given is open. */
const rangeSchema = z.strictObject({ from: z.number().exactOptional(), to: z.number().exactOptional() });

/** What all images of a list must be; what is not given does not matter. */
export const imageFilterSchema = z.strictObject({
  datasetIds: z.array(id).exactOptional(),
  role: roleSchema.exactOptional(),
  split: splitSchema.exactOptional(),
  annotationKind: z.enum(['gaze', 'keypoints', 'category']).exactOptional(),
  /** One of these. */
  categories: z.array(z.string()).exactOptional(),
  ranges: z.partialRecord(numericColumnSchema, rangeSchema).exactOptional(),
  /** Index of a keypoint that must be visible. */
  visibleJoint: z.int().nonnegative().exactOptional(),
  /** Has all of these. */
  tags: z.array(z.string()).exactOptional(),
  duplicate: z.boolean().exactOptional(),
  excluded: z.boolean().exactOptional(),
  missing: z.boolean().exactOptional(),
  /** A person has corrected one of its labels. */
  corrected: z.boolean().exactOptional(),
  pathContains: z.string().exactOptional(),
  /** Exactly these: what a lasso on the map has caught. */
  imageIds: z.array(id).max(100_000).exactOptional(),
});

export const imageSortSchema = z.strictObject({
  by: z.union([z.enum(['id', 'path']), numericColumnSchema]),
  descending: z.boolean().exactOptional(),
});

export const storedAnnotationSchema = z.strictObject({
  annotation: annotationSchema,
  /** Who set it: the importer, or a person who corrected it. */
  author: z.enum(['import', 'user']),
});

/** An image as the grid draws it. */
export const gridImageSchema = z.strictObject({
  id,
  datasetId: id,
  role: roleSchema,
  /** Relative to the dataset's folder, with '/'. */
  path: z.string(),
  widthPx: z.int(),
  heightPx: z.int(),
  bitDepth: z.int(),
  greyMean: z.number(),
  greyDeviation: z.number(),
  split: splitSchema,
  duplicateOf: id.nullable(),
  excludedReason: z.string().nullable(),
  missing: z.boolean(),
  tags: z.array(z.string()),
  annotations: z.array(storedAnnotationSchema),
});

/** Everything that is known of an image. */
const imageDetailsSchema = z.strictObject({
  ...gridImageSchema.shape,
  /** Absolute, for the clipboard. */
  absolutePath: z.string(),
  fileSha256: z.string(),
  channels: z.int(),
  crop: z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).nullable(),
  /** The importer's own record. */
  source: z.unknown(),
  /** What people changed of it, newest first. */
  edits: z.array(z.strictObject({ title: z.string(), at: timestamp, undone: z.boolean() })),
});

/**
 * A search that is held by the studio: `count` images in an order, of which any window can be read at once. It stays as
 * it was when it was opened, so that a page does not shift under the reader; the oldest ones are forgotten ("not-found"),
 * and whoever meets that opens it again.
 */
const listingSchema = z.strictObject({ listing: z.string(), count: z.int().nonnegative() });

/** Which images an action is for. */
export const imageTargetSchema = z.union([
  z.strictObject({ ids: z.array(id).max(100_000) }),
  /** Places of a listing, both ends of a range belonging to it. */
  z.strictObject({
    listing: z.string(),
    ranges: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).max(10_000),
  }),
]);

const histogramSchema = z.strictObject({
  column: numericColumnSchema,
  from: z.number(),
  to: z.number(),
  /** The last bin includes its upper end. */
  counts: z.array(z.int()),
  /** Images without a value. */
  without: z.int(),
});

const countedSchema = z.strictObject({ value: z.string(), count: z.int() });

/** What can be filtered by, with how many images of the filter each choice has. */
const facetsSchema = z.strictObject({
  total: z.int(),
  histograms: z.array(histogramSchema),
  categories: z.array(countedSchema),
  tags: z.array(countedSchema),
  excluded: z.int(),
  missing: z.int(),
  duplicates: z.int(),
  corrected: z.int(),
});

export const imageOperations = {
  open: query(
    'Search images',
    z.strictObject({ filter: imageFilterSchema, sort: imageSortSchema }),
    listingSchema,
  ),
  window: query(
    'Read images of a search',
    z.strictObject({ listing: z.string(), from: z.int().nonnegative(), count: z.int().min(1).max(500) }),
    z.array(gridImageSchema),
  ),
  /** Where an image stands in a listing; null when it is not in it. */
  locate: query(
    'Find an image in a search',
    z.strictObject({ listing: z.string(), imageId: id }),
    z.strictObject({ place: z.int().nonnegative().nullable() }),
  ),
  get: query('Show an image', z.strictObject({ id }), imageDetailsSchema),
  facets: query(
    'Count images by their properties',
    z.strictObject({ filter: imageFilterSchema, bins: z.int().min(2).max(200) }),
    facetsSchema,
  ),
};

const editSchema = z.strictObject({
  id,
  /** "Excluded 500 images" */
  title: z.string(),
  images: z.int(),
  at: timestamp,
  undone: z.boolean(),
});

const editResult = z.strictObject({ edit: editSchema.nullable() });

/** Curation. Each is recorded and can be undone; one that changes nothing gives no edit. */
export const editOperations = {
  tag: action(
    'Tag images',
    z.strictObject({ target: imageTargetSchema, tag: z.string().trim().min(1).max(100), on: z.boolean() }),
    editResult,
  ),
  renameTag: action(
    'Rename a tag',
    z.strictObject({ name: z.string(), newName: z.string().trim().min(1).max(100) }),
    editResult,
  ),
  exclude: action(
    'Exclude images or take them back',
    z.strictObject({ target: imageTargetSchema, reason: z.string().trim().min(1).max(500).nullable() }),
    editResult,
  ),
  setSplit: action(
    'Move images between training and test',
    z.strictObject({ target: imageTargetSchema, split: splitSchema }),
    editResult,
  ),
  /** Pinned images are the first of the strip that runs preview. */
  pin: action(
    'Pin images to the strip',
    z.strictObject({ target: imageTargetSchema, on: z.boolean() }),
    editResult,
  ),
  setLabel: action(
    'Correct a label',
    z.strictObject({ imageId: id, annotation: annotationSchema }),
    editResult,
  ),
  removeLabel: action(
    'Remove a label',
    z.strictObject({ imageId: id, kind: z.enum(['gaze', 'keypoints', 'category']) }),
    editResult,
  ),
  undo: action('Undo', z.strictObject({}), editResult),
  redo: action('Redo', z.strictObject({}), editResult),
  list: query(
    'List what was changed',
    z.strictObject({ limit: z.int().min(1).max(500) }),
    z.strictObject({ edits: z.array(editSchema), canUndo: z.boolean(), canRedo: z.boolean() }),
  ),
};

export const viewSchema = z.strictObject({
  name: z.string(),
  filter: imageFilterSchema,
  sort: imageSortSchema,
});

/** Searches that were given a name. */
export const viewOperations = {
  list: query('List saved views', z.strictObject({}), z.array(viewSchema)),
  save: action(
    'Save a view',
    z.strictObject({ ...viewSchema.shape, name: z.string().trim().min(1).max(100) }),
    done,
  ),
  remove: action('Delete a view', z.strictObject({ name: z.string() }), done),
};
