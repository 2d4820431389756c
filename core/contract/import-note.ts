import { z } from 'zod';

/** What is doubtful about labels that were imported; each comes with a sentence that says more. */
export const importNoteKindSchema = z.enum([
  /** Labelled points outside of the picture. */
  'points-outside',
  /** Points without a number for x or y: not labelled. */
  'points-missing',
  /** One kind of label could not be read; the others are kept. */
  'label-incomplete',
  /** Several objects are labelled in one picture; the largest is used. */
  'objects-left-out',
  /** An impossible label, kept by choice. */
  'impossible-label',
]);

export type ImportNoteKind = z.infer<typeof importNoteKindSchema>;
