import { StudioError } from '../../base/studio-error.ts';
import type { ImportNoteKind } from '../../contract/import-note.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';
import { isPicture } from '../../datasets/importers/folder.ts';
import type { ImportNote, SkippedFile } from '../../datasets/importers/importers.ts';
import type { NewImage } from '../../library/images.ts';

/** Why images have no label, or are not in the library. */
export interface ImportCause {
  readonly reason: SkipReason;
  readonly count: number;
  /** The first few. */
  readonly examples: readonly { readonly path: string; readonly line?: number; readonly message: string }[];
}

export interface ImportNoteCount {
  readonly about: ImportNoteKind;
  readonly images: number;
  readonly example: { readonly path: string; readonly message: string };
}

export interface LabelCounts {
  /** Images that were found. */
  readonly pictures: number;
  readonly withLabels: number;
  readonly causes: readonly ImportCause[];
  readonly notes: readonly ImportNoteCount[];
}

type Counted =
  SkippedFile | { readonly kind: 'image'; readonly image: NewImage; readonly notes: readonly ImportNote[] };

interface LabelTally {
  add(result: Counted): void;
  result(): LabelCounts;
}

const MOST_CAUSES = 10;
const MOST_EXAMPLES = 3;

/** Counts how many images of an import have labels, and why the others have none. */
export function createLabelTally(): LabelTally {
  const causes = new Map<SkipReason, { count: number; examples: ImportCause['examples'][number][] }>();
  const notes = new Map<ImportNoteKind, { images: number; example: ImportNoteCount['example'] }>();
  let pictures = 0;
  let withLabels = 0;
  const addCause = (reason: SkipReason, example: ImportCause['examples'][number]): void => {
    const cause = causes.get(reason) ?? { count: 0, examples: [] };
    cause.count += 1;
    if (cause.examples.length < MOST_EXAMPLES) cause.examples.push(example);
    causes.set(reason, cause);
  };
  return {
    add(result) {
      if (result.kind === 'skipped') {
        const { path, line, reason, message, picture } = result;
        if (picture !== undefined || isPicture(path)) pictures += 1;
        if (reason !== 'not-a-picture') {
          addCause(reason, { path, message, ...(line === undefined ? {} : { line }) });
        }
        return;
      }
      const { path, annotations } = result.image;
      pictures += 1;
      if (annotations.length > 0) withLabels += 1;
      else addCause('image-without-label', { path, message: 'Has no label.' });
      for (const { about, message } of result.notes) {
        const note = notes.get(about) ?? { images: 0, example: { path, message } };
        note.images += 1;
        notes.set(about, note);
      }
    },
    result: () => ({
      pictures,
      withLabels,
      causes: [...causes]
        .map(([reason, cause]) => ({ reason, ...cause }))
        .sort((left, right) => right.count - left.count)
        .slice(0, MOST_CAUSES),
      notes: [...notes].map(([about, note]) => ({ about, ...note })),
    }),
  };
}

const MOST_FILES_NAMED = 10;

/** A synthetic set without labels: names the files that may hold them. */
export function withoutLabels(
  folder: string,
  pictures: number,
  unread: readonly { readonly path: string; readonly why: string }[],
): StudioError {
  const seen = unread.slice(0, MOST_FILES_NAMED).map(({ path, why }) => `\n  ${path} ${why}`);
  const more = unread.length > MOST_FILES_NAMED ? `\n  … and ${unread.length - MOST_FILES_NAMED} more` : '';
  const files =
    unread.length > 0
      ? ` These files may hold labels and were not understood:${seen.join('')}${more}`
      : ' There is no file that could hold labels in the folder or below it.';
  return new StudioError('bad-input', `None of the ${pictures} images in ${folder} gets a label.${files}`, {
    remedy:
      'Name the format, or its columns in the options; if the labels lie in another folder, import the folder that holds both. To import the images without labels, say so with --unlabelled, or the switch "Without labels".',
    details: { path: folder },
  });
}
