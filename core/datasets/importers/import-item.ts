import type { Annotation } from '../../contract/annotation.ts';
import type { ImportNoteKind } from '../../contract/import-note.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';
import type { Box } from '../pixels/geometry.ts';

/** Something doubtful about the labels of an image that is imported. */
export interface ImportNote {
  readonly about: ImportNoteKind;
  /** One sentence. */
  readonly message: string;
}

export interface ImportedImage {
  readonly kind: 'image';
  /** Relative to the folder, with '/'. */
  readonly path: string;
  readonly annotations: readonly Annotation[];
  /** The part that is used, in pixels of the stored picture; all of it where left out. */
  readonly crop?: Box;
  /** What else the source says about the picture; plain JSON. */
  readonly source?: unknown;
  readonly notes?: readonly ImportNote[];
}

export interface SkippedFile {
  readonly kind: 'skipped';
  readonly path: string;
  /** Of the file at `path`, counted from 1. */
  readonly line?: number;
  readonly reason: SkipReason;
  /** One sentence for the report. */
  readonly message: string;
  /** The picture that is left out because of what `path` says. */
  readonly picture?: string;
}

export type ImportItem = ImportedImage | SkippedFile;
