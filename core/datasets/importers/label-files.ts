import { z } from 'zod';
import type { Annotation } from '../../contract/annotation.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';
import type { Box } from '../pixels/geometry.ts';
import type { ImportNote } from './import-item.ts';
import { defineImporter, type DatasetRole, type Importer, type Survey } from './importer.ts';
import { detectLabels } from './label-detection.ts';
import type { LabelDocument } from './label-document.ts';
import { readLabels } from './label-reading.ts';

/** Width and height of the stored picture, upright. */
export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What a label file says of one picture. */
export interface NamedLabel {
  /** The picture, as the file names it; the first that fits is taken. */
  readonly names: readonly string[];
  /** Of the label file, counted from 1. */
  readonly line?: number | undefined;
  /** None for a picture that is listed without a label. */
  readonly annotations: readonly Annotation[] | ((size: Size) => readonly Annotation[] | LabelProblem);
  readonly crop?: Box;
  /** What else the file says; plain JSON. */
  readonly source?: unknown;
  readonly notes?: readonly ImportNote[];
}

export interface LabelProblem {
  readonly reason: SkipReason;
  /** One sentence. */
  readonly message: string;
}

/** A label that cannot be used; `names` is empty where it names no picture. */
interface BadLabel extends LabelProblem {
  readonly names: readonly string[];
  readonly line?: number | undefined;
}

/** A label file that a format reads. */
export interface LabelFile {
  /** What it holds, in words: "21 points of hand". */
  readonly what: string;
  /** From the start, each time it is called. */
  labels(): AsyncIterable<NamedLabel | BadLabel> | Iterable<NamedLabel | BadLabel>;
}

/** Why a file is not of a format: a clause that follows its name. */
export interface NotThisFormat {
  readonly refused: string;
  /** It has the marks of the format, but something in it is wrong: the reason that a person should read. */
  readonly isClose?: boolean;
}

const nameOptions = {
  /** The label file, relative to the folder; needed only where several fit. */
  file: z.string().min(1).optional(),
  /** Start of the names of images that is taken off; found where left out, none for "". */
  stripPrefix: z.string().optional(),
  /** Only names that are written exactly as the image's. */
  exactNames: z.boolean().default(false),
};

/** Options that every format of label files has. */
export type NameOptions = z.output<z.ZodObject<typeof nameOptions>>;

/** For formats whose files need not agree on anything. */
export const nothingShared = (): Promise<undefined> => Promise.resolve(undefined);

/** The options of a format, and those by which names are matched. */
export const withNameOptions = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({ ...shape, ...nameOptions });

export interface LabelFormat<Schema extends z.ZodType<NameOptions>, Shared> {
  readonly id: string;
  readonly title: string;
  readonly describes: string;
  readonly roles: readonly DatasetRole[];
  readonly optionsSchema: Schema;
  /** How sure the format is where every picture gets a label: 1 for one that cannot be mistaken. */
  readonly certainty: number;
  /** Whether a file of this name can be of the format. */
  mayBe(path: string): boolean;
  /** What all label files have to agree on, such as the order of points, from all of them. */
  share(documents: Iterable<LabelDocument>, survey: Survey): Promise<Shared>;
  /** @throws StudioError for a file that is damaged */
  open(
    document: LabelDocument,
    options: z.output<Schema>,
    context: { readonly survey: Survey; readonly shared: Shared },
  ): Promise<LabelFile | NotThisFormat>;
}

/** An importer of files whose labels name pictures. */
export function defineLabelFiles<Schema extends z.ZodType<NameOptions>, Shared>(
  format: LabelFormat<Schema, Shared>,
): Importer {
  const { id, title, describes, roles, optionsSchema } = format;
  return defineImporter({
    ...{ id, title, describes, roles, optionsSchema },
    detect: (survey, options) => detectLabels(format, survey, options),
    read: (root, options, signal) => readLabels(format, root, options, signal),
  });
}
