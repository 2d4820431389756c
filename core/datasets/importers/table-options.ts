import { z } from 'zod';
import { withNameOptions } from './label-files.ts';

const column = z.string().min(1);
const flip = z.boolean().default(false);

const gazeMappingSchema = z.discriminatedUnion('kind', [
  /** A vector of any length; our frame has x right, y down, z away from the camera, so UnityEyes needs flipY. */
  z.strictObject({
    kind: z.literal('vector'),
    x: column,
    y: column,
    z: column,
    flipX: flip,
    flipY: flip,
    flipZ: flip,
  }),
  /** Ours: pitch > 0 looks up, yaw > 0 toward the left edge of the image. */
  z.strictObject({
    kind: z.literal('angles'),
    pitch: column,
    yaw: column,
    unit: z.enum(['degrees', 'radians']),
    flipPitch: flip,
    flipYaw: flip,
  }),
]);

/** Which columns are what. Without any label named, columns with usual names are taken. */
export const tableOptionsSchema = withNameOptions({
  /** Of a CSV file; found from the header where left out. */
  delimiter: z.string().length(1).optional(),
  /** utf-8, windows-1252, shift_jis …; found where left out. */
  encoding: z.string().min(1).optional(),
  /** The column with the names of images; found where left out. */
  imageColumn: column.optional(),
  /** Folder of the images, relative to the table's folder. */
  imageFolder: z.string().optional(),
  gaze: gazeMappingSchema.optional(),
  /** The column with the category. */
  category: column.optional(),
  /** The categories to read; all where left out. */
  categories: z.array(z.string().min(1)).min(1).optional(),
  /**
   * Columns <name>_x and <name>_y in pixels, and where they are there <name>_v (0, 1, 2) and <name>_z (mm). The names are
   * those given, else all that start with the prefix and have a number, else all that look like points.
   */
  keypoints: z
    .strictObject({
      prefix: z.string().optional(),
      names: z.array(z.string().min(1)).min(1).optional(),
      layout: z.string().min(1).optional(),
    })
    .optional(),
});

export type TableOptions = z.output<typeof tableOptionsSchema>;
export type GazeMapping = NonNullable<TableOptions['gaze']>;
