import { z } from 'zod';

/** Why a file or a line is left out of an import; each comes with a sentence that says more. */
export const skipReasonSchema = z.enum([
  /** A picture or folder that cannot be read. */
  'unreadable',
  /** A file that is neither a picture nor a label. */
  'not-a-picture',
  'label-without-image',
  'image-without-label',
  /** A label that is malformed. */
  'bad-label',
  /** A label that is not a finite number. */
  'nan-label',
  'label-outside-frame',
  /** A gaze that points away from the camera, as degrees that were read as radians do. */
  'gaze-too-far',
  /** A second label for a picture that has one. */
  'duplicate-label',
  'unknown-category',
  /** The label was made for a picture of another size or crop. */
  'picture-resized',
  /** A depth map without a pixel in the window that is looked at. */
  'nothing-measured',
  /** A label that is physically impossible: all points at zero, or far outside of the picture. */
  'impossible-label',
  /** A name that fits several pictures. */
  'ambiguous-name',
  /** A file that may hold labels, which the format does not read. */
  'other-labels',
  /** A path that leads out of the folder. */
  'outside-folder',
]);

export type SkipReason = z.infer<typeof skipReasonSchema>;
