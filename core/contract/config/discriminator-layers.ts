import { z } from 'zod';

/**
 * The discriminator's layers in words, from the image on: `3x3/2:96` is a convolution of 3×3, stride 2, with 96 feature
 * maps and a ReLU; `pool3x3/1` a maximum over 3×3 with stride 1. The last convolution to two maps is always there
 * and is not written. Sides and strides have at most two digits, feature maps at most four; none is 0.
 */
const LAYER_PATTERN = /^(?:pool([1-9]\d?)x\1\/([1-9]\d?)|([1-9]\d?)x\3(?:\/([1-9]\d?))?:([1-9]\d{0,3}))$/;

export type DiscriminatorLayer =
  | {
      readonly kind: 'convolution';
      readonly kernelPx: number;
      readonly stride: number;
      readonly features: number;
    }
  | { readonly kind: 'max-pool'; readonly kernelPx: number; readonly stride: number };

/** Reads a text of layers (see `discriminatorLayers`); the text has passed the schema. */
export function parseDiscriminatorLayers(text: string): DiscriminatorLayer[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const match = LAYER_PATTERN.exec(word);
      if (!match) throw new RangeError(`"${word}" is no layer; write 3x3/2:96 or pool3x3/2.`);
      return match[1]
        ? { kind: 'max-pool', kernelPx: Number(match[1]), stride: Number(match[2]) }
        : {
            kind: 'convolution',
            kernelPx: Number(match[3]),
            stride: Number(match[4] ?? 1),
            features: Number(match[5]),
          };
    });
}

/** The text of the layers before the last one. */
export const discriminatorLayers = z
  .string()
  .refine(
    (text) =>
      text
        .trim()
        .split(/\s+/)
        .every((word) => LAYER_PATTERN.test(word)),
    {
      error: 'write layers as 3x3/2:96 (kernel/stride:features) or pool3x3/2, with spaces between',
      abort: true,
    },
  )
  .refine((text) => parseDiscriminatorLayers(text).every(({ stride, kernelPx }) => stride <= kernelPx), {
    error: 'a stride larger than its kernel leaves pixels out',
  });
