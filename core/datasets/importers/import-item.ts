import type { Annotation } from '../../contract/annotation.ts';
import type { Box } from '../pixels/geometry.ts';

/** Why a file or a line was left out; every one has a message besides. */
export type SkipReason =
  /** A picture or folder that cannot be read. */
  | 'unreadable'
  /** A file that is neither a picture nor a label. */
  | 'not-a-picture'
  | 'label-without-image'
  | 'image-without-label'
  /** A label that is malformed. */
  | 'bad-label'
  /** A label that is not a finite number. */
  | 'nan-label'
  | 'label-outside-frame'
  /** A second label for a picture that has one. */
  | 'duplicate-label'
  | 'unknown-category'
  /** The label was made for a picture of another size or crop. */
  | 'picture-resized'
  /** A gaze that looks out of the back of the head, as degrees do that are taken for radians. */
  | 'gaze-too-far'
  /** A depth map without a pixel in the window that is looked at. */
  | 'nothing-measured'
  /** A path that leads out of the folder. */
  | 'outside-folder';

export interface ImportedImage {
  readonly kind: 'image';
  /** Relative to the folder, with '/'. */
  readonly path: string;
  readonly annotations: readonly Annotation[];
  /** The part that is used, in pixels of the stored picture; all of it where left out. */
  readonly crop?: Box;
  /** What else the source says about the picture; plain JSON. */
  readonly source?: unknown;
}

export interface SkippedFile {
  readonly kind: 'skipped';
  readonly path: string;
  /** Of the file at `path`, counted from 1. */
  readonly line?: number;
  readonly reason: SkipReason;
  /** One sentence for the report. */
  readonly message: string;
}

export type ImportItem = ImportedImage | SkippedFile;
