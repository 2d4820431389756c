import type { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import type { FolderListing } from './folder.ts';
import type { ImportItem } from './import-item.ts';

export type { ImportItem, ImportedImage, SkippedFile } from './import-item.ts';

export type DatasetRole = 'synthetic' | 'real';

export interface Detection {
  /** 0 = cannot be this format, 1 = certainly is. */
  readonly confidence: number;
  /** What was seen, in words. */
  readonly why: string;
}

export interface Importer {
  readonly id: string;
  readonly title: string;
  /** What it expects in the folder and which labels it reads. */
  readonly describes: string;
  readonly roles: readonly DatasetRole[];
  readonly optionsSchema: z.ZodType;
  detect(folder: string, listing: FolderListing): Promise<Detection>;
  /**
   * Every picture with its labels, and every file that is left out, in natural order of the paths. Pictures
   * themselves are not decoded here: see `inspectImage` and `checkLabels`.
   * @throws StudioError for options or a folder that cannot be right at all; the signal's reason when aborted
   */
  read(folder: string, options: unknown, signal: AbortSignal): AsyncIterable<ImportItem>;
}

/** What a format has to say for itself; `read` gets its options parsed. */
interface ImporterDefinition<Schema extends z.ZodType> extends Omit<Importer, 'optionsSchema' | 'read'> {
  readonly optionsSchema: Schema;
  read(folder: string, options: z.output<Schema>, signal: AbortSignal): AsyncIterable<ImportItem>;
}

/** An importer whose options are checked before it reads. */
export function defineImporter<Schema extends z.ZodType>(definition: ImporterDefinition<Schema>): Importer {
  return {
    ...definition,
    read: (folder, options, signal) =>
      definition.read(folder, parseOptions(definition.id, definition.optionsSchema, options), signal),
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
