import { z } from 'zod';
import { depthWindowSchema } from './preprocessing.ts';

/** What is known of the depth maps of a dataset. Once they are read, 0 says "nothing measured" whatever the file has. */
export const depthMapsSchema = z.strictObject({
  /**
   * How a file holds millimetres. grey: one channel of 16 bit. green-blue: G · 256 + B of 8-bit colours, as NYU Hand
   * Pose has it.
   */
  encoding: z.enum(['grey', 'green-blue']),
  ...depthWindowSchema.shape,
});

export type DepthMaps = z.infer<typeof depthMapsSchema>;

/** What hands measure whose wrist is 450 to 900 mm away, as they are simulated: fingers reach out to both sides. */
export const HAND_DEPTH: DepthMaps = { encoding: 'grey', foregroundOffsetMm: 300, windowMm: 800 };
