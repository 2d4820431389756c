import { z } from 'zod';

/** Kind of the run event that records a proof, at the step of the checkpoint that came out again or did not. */
export const PROOF_EVENT = 'proof';

/** What came of training the last steps of a run again. */
export const proofSchema = z.object({
  isIdentical: z.boolean(),
  /** The checkpoint that was started from, and the one that was compared. */
  fromStep: z.int(),
  toStep: z.int(),
  /** The same in a sentence, with what was compared and on what. */
  text: z.string(),
});
