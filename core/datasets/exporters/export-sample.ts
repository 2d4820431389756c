import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import { annotationSchema, type Annotation } from '../../contract/annotation.ts';

const splitSchema = z.enum(['train', 'test']);

/** One refined image with its labels, as whoever exports hands it over. */
export interface ExportSample {
  readonly id: number;
  /** File name without extension, unique in its split; `a/b` puts it into a sub-folder. */
  readonly name: string;
  readonly split: 'train' | 'test';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1 | 3;
  readonly bitDepth: 8 | 16;
  /** Rows from the top, channels interleaved; `Uint16Array` where there are 16 bits. */
  readonly pixels: Uint8Array | Uint16Array;
  readonly annotations: readonly Annotation[];
  /** The synthetic image that it was made of. */
  readonly source: { readonly path: string; readonly sha256: string };
  /** Mean |x̃ − x| in grey levels, D(x̃), how far picture and label moved apart (undefined: not measured), the dial. */
  readonly change: {
    readonly meanAbsGreyLevels: number;
    readonly discriminatorScore: number;
    readonly driftPx: number | undefined;
    readonly alpha: number;
  };
}

/** Where a whole export comes from. Everything but `createdAt` and `programVersion` must agree to go on with one. */
export const exportHeaderSchema = z.strictObject({
  programVersion: z.string(),
  libraryName: z.string(),
  runName: z.string(),
  step: z.int().min(0),
  checkpointSha256: z.string(),
  /** The training configuration. */
  config: z.record(z.string(), z.json()),
  /** Which of the refined images are exported and which are left out, in words and numbers. */
  selection: z.string(),
  gazeConvention: z.string(),
  licenceNote: z.string(),
  /** ISO 8601. An export that is gone on with keeps the moment at which it was begun. */
  createdAt: z.string(),
});

export type ExportHeader = z.infer<typeof exportHeaderSchema>;

/** What the manifest says about one image; `path` is relative to the export, with forward slashes. */
export const manifestEntrySchema = z.strictObject({
  path: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  id: z.int(),
  source: z.strictObject({ path: z.string(), sha256: z.string() }),
  change: z.strictObject({
    meanAbsGreyLevels: z.number(),
    discriminatorScore: z.number(),
    driftPx: z.number().nullable(),
    alpha: z.number(),
  }),
});

export type ManifestEntry = z.infer<typeof manifestEntrySchema>;

/** A written image with all that label files tell of it. */
export const exportRecordSchema = manifestEntrySchema.extend({
  split: splitSchema,
  widthPx: z.int().min(1),
  heightPx: z.int().min(1),
  channels: z.union([z.literal(1), z.literal(3)]),
  bitDepth: z.union([z.literal(8), z.literal(16)]),
  annotations: z.array(annotationSchema),
});

export type ExportRecord = z.infer<typeof exportRecordSchema>;
export type Split = ExportRecord['split'];

/**
 * The record of a sample whose image was written as `file`; its keys have one order, whatever order the sample's had.
 * @throws StudioError 'bad-input' for values that would not survive: NaN in a label, pixels that do not fit the size
 */
export function recordOf(
  sample: ExportSample,
  file: { readonly path: string; readonly sha256: string; readonly bytes: number },
): ExportRecord {
  const { driftPx, ...change } = sample.change;
  const parsed = exportRecordSchema.safeParse({
    ...file,
    id: sample.id,
    source: sample.source,
    change: { ...change, driftPx: driftPx ?? null },
    split: sample.split,
    widthPx: sample.widthPx,
    heightPx: sample.heightPx,
    channels: sample.channels,
    bitDepth: sample.bitDepth,
    annotations: sample.annotations,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badSample(sample, `${issue.path.join('.')}: ${issue.message}`);
}

/** Throws a StudioError 'bad-input' unless the pixels are what size, channels and bit depth say. */
export function checkPixels(sample: ExportSample): void {
  const expected = sample.widthPx * sample.heightPx * sample.channels;
  const { pixels, bitDepth } = sample;
  if (pixels.length !== expected || pixels.BYTES_PER_ELEMENT * 8 !== bitDepth) {
    const is = `${pixels.length} values of ${pixels.BYTES_PER_ELEMENT * 8} bit`;
    throw badSample(sample, `its pixels are ${is}, not ${expected} of ${bitDepth} bit`);
  }
}

function badSample(sample: ExportSample, what: string): StudioError {
  return new StudioError('bad-input', `The image "${sample.name}" cannot be exported: ${what}.`, {
    remedy: `Exclude the image or mend its labels (it was made of ${sample.source.path}), then export again.`,
    details: { name: sample.name, id: sample.id, sourcePath: sample.source.path },
  });
}
