import type { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import type { RefusedFile, Survey } from './importer.ts';
import type { LabelDocument } from './label-document.ts';
import type { LabelFile, LabelFormat, NameOptions } from './label-files.ts';

/** A label file that a format recognised. */
export interface Opened {
  readonly document: LabelDocument;
  readonly file: LabelFile;
}

/** The files that may be of the format: the named one, else those whose names fit. */
export function candidatesOf<Schema extends z.ZodType<NameOptions>, Shared>(
  format: LabelFormat<Schema, Shared>,
  { documents }: { readonly documents: readonly LabelDocument[] },
  { file }: NameOptions,
): readonly LabelDocument[] {
  return documents.filter(({ path }) => (file === undefined ? format.mayBe(path) : path === file));
}

/**
 * Opens label files, and says why the others are not of the format.
 * @param mustRead throws for a damaged file; otherwise it is among the refused
 */
export async function openAll<Schema extends z.ZodType<NameOptions>, Shared>(
  format: LabelFormat<Schema, Shared>,
  documents: readonly LabelDocument[],
  options: z.output<Schema>,
  context: { readonly survey: Survey; readonly shared: Shared },
  mustRead: boolean,
): Promise<{ opened: Opened[]; refused: RefusedFile[] }> {
  const opened: Opened[] = [];
  const refused: RefusedFile[] = [];
  for (const document of documents) {
    try {
      const file = await format.open(document, options, context);
      if ('refused' in file) refused.push({ path: document.path, why: file.refused, isClose: file.isClose });
      else opened.push({ document, file });
    } catch (error) {
      // A damaged file ends the import where it was named, or is the only one; otherwise the report lists it.
      if (!(error instanceof StudioError) || mustRead) throw error;
      refused.push({ path: document.path, why: withoutName(error.message, document.path) });
    }
  }
  return { opened, refused };
}

const withoutName = (message: string, path: string): string =>
  message.replace(`${path} `, '').replace(/\.$/, '');
