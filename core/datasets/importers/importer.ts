import type { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import type { FolderIndex } from './folder.ts';
import type { ImportItem } from './import-item.ts';
import type { LabelDocument } from './label-document.ts';
import type { PictureNames } from './picture-names.ts';

export type { ImportItem, ImportedImage, ImportNote, SkippedFile } from './import-item.ts';

export type DatasetRole = 'synthetic' | 'real';

/** What is found in a folder once, for every format that looks at it. */
export interface Survey {
  readonly index: FolderIndex;
  readonly names: PictureNames;
  /** Files that may hold labels. */
  readonly documents: readonly LabelDocument[];
}

export interface Detection {
  /** 0 = cannot be this format, 1 = certainly is; half of it at most where one picture in a hundred gets a label. */
  readonly confidence: number;
  /** Pictures that would get a label; an estimate where there are many label files. */
  readonly labelled: number;
  /** What was seen, in words. */
  readonly why: string;
  /** Label files that it reads. */
  readonly files: readonly string[];
  /** Label files that it looked at and does not read. */
  readonly refused: readonly RefusedFile[];
}

export interface RefusedFile {
  readonly path: string;
  /** A clause: "has no column that names images". */
  readonly why: string;
  /** The file has the marks of the format, but something in it is wrong. */
  readonly isClose?: boolean | undefined;
}

export interface Importer {
  readonly id: string;
  readonly title: string;
  /** What it expects in the folder and which labels it reads. */
  readonly describes: string;
  readonly roles: readonly DatasetRole[];
  readonly optionsSchema: z.ZodType;
  /** @throws StudioError for options that cannot be right */
  detect(survey: Survey, options?: unknown): Promise<Detection>;
  /**
   * Every picture with its labels, and every file that is left out. Pictures themselves are not decoded here: see
   * `inspectImage` and `checkLabels`.
   * @throws StudioError for options or a folder that cannot be right at all; the signal's reason when aborted
   */
  read(folder: string, options: unknown, signal: AbortSignal): AsyncIterable<ImportItem>;
}

/** What a format has to say for itself; `detect` and `read` get its options parsed. */
interface ImporterDefinition<Schema extends z.ZodType> extends Omit<
  Importer,
  'optionsSchema' | 'read' | 'detect'
> {
  readonly optionsSchema: Schema;
  detect(survey: Survey, options: z.output<Schema>): Promise<Detection>;
  read(folder: string, options: z.output<Schema>, signal: AbortSignal): AsyncIterable<ImportItem>;
}

/** An importer whose options are checked before it reads. */
export function defineImporter<Schema extends z.ZodType>(definition: ImporterDefinition<Schema>): Importer {
  const parsed = (options: unknown): z.output<Schema> =>
    parseOptions(definition.id, definition.optionsSchema, options);
  return {
    ...definition,
    detect: (survey, options) => definition.detect(survey, parsed(options)),
    read: (folder, options, signal) => definition.read(folder, parsed(options), signal),
  };
}

function parseOptions<Schema extends z.ZodType>(
  id: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'options'}: ${message}`,
  );
  throw new StudioError(
    'bad-usage',
    `The options of the importer ${id} are not right: ${problems.join('; ')}.`,
    {
      remedy: 'Correct these options, or leave them out for the defaults.',
      details: { importer: id },
      cause: parsed.error,
    },
  );
}
