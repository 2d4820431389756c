import { parseDiscriminatorLayers, type TrainingConfig } from '../../../core/contract/training-config.ts';

/** Floating-point operations (a product and a sum are two) of the convolutions for one image; the rest is next to nothing. */
export interface Arithmetic {
  readonly refinerForward: number;
  readonly discriminatorForward: number;
  /** Forward, gradients by the refiner's weights, and by all that lies between them and the loss. */
  readonly refinerUpdate: number;
  /** Of the discriminator on `imagesPerUpdate` images and the refiner's forward pass for the current ones. */
  readonly discriminatorUpdate: number;
}

/**
 * Counts padded "same" convolutions. A gradient by the filter and one by the input each cost what the forward pass does;
 * the first layer of the network that learns needs none by its input, the frozen discriminator none by its filters.
 */
export function countArithmetic(config: TrainingConfig): Arithmetic {
  const { heightPx, widthPx, channels, refinerFeatures: features, refinerKernelPx, refinerBlocks } = config;
  const pixels = heightPx * widthPx;
  const enter = 2 * pixels * refinerKernelPx ** 2 * channels * features;
  const blocks = 2 * refinerBlocks * 2 * pixels * refinerKernelPx ** 2 * features * features;
  const leave = 2 * pixels * features * channels;
  const refinerForward = enter + blocks + leave;

  let [height, width, inputs] = [heightPx, widthPx, channels as number];
  const layers: number[] = [];
  for (const layer of parseDiscriminatorLayers(config.discriminatorLayers)) {
    height = Math.ceil(height / layer.stride);
    width = Math.ceil(width / layer.stride);
    if (layer.kind === 'max-pool') continue;
    layers.push(2 * height * width * layer.kernelPx ** 2 * inputs * layer.features);
    inputs = layer.features;
  }
  layers.push(2 * height * width * inputs * 2);
  const discriminatorForward = layers.reduce((sum, operations) => sum + operations, 0);
  return {
    refinerForward,
    discriminatorForward,
    refinerUpdate: 3 * refinerForward - enter + 2 * discriminatorForward,
    // Two images pass for each synthetic one: a real one, and a refined one, half of which are new.
    discriminatorUpdate: 2 * (3 * discriminatorForward - layers[0]) + refinerForward / 2,
  };
}
