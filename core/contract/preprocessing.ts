import { z } from 'zod';

/** Which depths are looked at, and which values of a file are none. */
export const depthWindowSchema = z.strictObject({
  /** Subtracted from every measured depth; the paper takes 2000 for NYU. */
  foregroundOffsetMm: z.number(),
  /** Depths from the offset to offset + window become [−1, 1]; what lies behind is background. */
  windowMm: z.int().min(1).max(65535),
  /** Values by which the sensor says "nothing measured", beside 0: NYU's 2001. */
  invalidMm: z.array(z.int().min(0).max(65535)).optional(),
});

/**
 * How a picture becomes what a network sees: crop, fit to a size, channels, equalisation, depth window. One record
 * per pack; packs made with the same record (and the same pictures) are the same.
 */
export const preprocessingSchema = z
  .strictObject({
    widthPx: z.int().min(1).max(4096),
    heightPx: z.int().min(1).max(4096),
    /** 1 for grey or depth, 3 for colour. */
    channels: z.union([z.literal(1), z.literal(3)]),
    /** Of the pack. Depth in millimetres needs 16. */
    bitDepth: z.union([z.literal(8), z.literal(16)]),
    /** stretch fills the size exactly; cover crops what is too long; contain pads what is too short. */
    fit: z.enum(['stretch', 'cover', 'contain']),
    /** Histogram equalisation, as MPIIGaze's eyes had it. Grey, 8 bit only. */
    equalise: z.boolean(),
    /** Set for depth maps in millimetres (0 = nothing measured). */
    depth: depthWindowSchema.optional(),
  })
  .refine((value) => !value.equalise || (value.channels === 1 && value.bitDepth === 8), {
    path: ['equalise'],
    error: 'needs 1 channel and 8 bit',
  })
  .refine((value) => !value.depth || (value.channels === 1 && value.bitDepth === 16 && !value.equalise), {
    path: ['depth'],
    error: 'needs 1 channel, 16 bit and no equalisation',
  });

export type Preprocessing = z.infer<typeof preprocessingSchema>;
export type DepthWindow = z.infer<typeof depthWindowSchema>;
