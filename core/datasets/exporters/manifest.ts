import { z } from 'zod';
import { StudioError, messageOf } from '../../base/studio-error.ts';
import { exportHeaderSchema } from './export-sample.ts';
import { readTextFile } from './text-file.ts';

/**
 * How an export is sealed. `manifest.jsonl` has one line per image (`manifestEntrySchema`): it is read and written in
 * pieces, so that a million images need no string of the whole. `manifest.json` is small: where the export comes from,
 * counts, and the hash of every other file, `manifest.jsonl` among them. It is written last; without it an export is
 * not finished.
 */
export const MANIFEST_FILE = 'manifest.json';
export const MANIFEST_LINES_FILE = 'manifest.jsonl';
export const CARD_FILE = 'README.md';

/** Holds what is not finished yet; gone when an export is done. */
export const WORK_FOLDER = '.simgan-export';
/** In the work folder: whose export this is. */
export const BEGUN_FILE = 'begun.json';

const SCHEMA = 'simgan-export';
const SCHEMA_VERSION = 1;

export const labelFormatIds = ['jsonl', 'csv', 'coco'] as const;

export type LabelFormatId = (typeof labelFormatIds)[number];

const begunSchema = z.object({
  schema: z.literal(SCHEMA),
  version: z.literal(SCHEMA_VERSION),
  header: exportHeaderSchema,
  formats: z.array(z.enum(labelFormatIds)),
});

const sealedFileSchema = z.strictObject({
  path: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  role: z.enum(['images', 'labels', 'card']),
  /** Of label files. */
  format: z.enum(labelFormatIds).optional(),
});

const manifestSchema = begunSchema.extend({
  counts: z.strictObject({
    images: z.int(),
    train: z.int(),
    test: z.int(),
    annotations: z.int(),
    imageBytes: z.int(),
  }),
  files: z.array(sealedFileSchema),
});

export type BegunExport = z.infer<typeof begunSchema>;
export type SealedFile = z.infer<typeof sealedFileSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

export const SCHEMA_FIELDS = { schema: SCHEMA, version: SCHEMA_VERSION } as const;

/** @throws StudioError as `readManifest`; undefined where there is no such file */
export const readBegun = (path: string): Promise<BegunExport | undefined> => readDocument(path, begunSchema);

/**
 * A `manifest.json`; undefined where there is none.
 * @throws StudioError 'too-new' for one of a newer version, 'bad-input' for one that is damaged, 'storage' where the
 *   file system refuses to read it
 */
export const readManifest = (path: string): Promise<Manifest | undefined> =>
  readDocument(path, manifestSchema);

const newerSchema = z.object({ schema: z.literal(SCHEMA), version: z.int().min(SCHEMA_VERSION + 1) });

async function readDocument<Document>(
  path: string,
  schema: z.ZodType<Document>,
): Promise<Document | undefined> {
  const text = await readTextFile(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(path, messageOf(error), error);
  }
  if (newerSchema.safeParse(value).success) {
    throw new StudioError('too-new', `${path} was written by a newer version of the program.`, {
      remedy: 'Update SimGAN Studio.',
      details: { path },
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(path, `${issue.path.join('.')}: ${issue.message}`, parsed.error);
}

function damaged(path: string, what: string, cause: unknown): StudioError {
  return new StudioError('bad-input', `${path} is not what an export writes (${what}).`, {
    remedy: 'It was changed or damaged after the export: export again into the same folder.',
    details: { path },
    cause,
  });
}
