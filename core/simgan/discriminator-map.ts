import { StudioError } from '../base/studio-error.ts';
import {
  parseDiscriminatorLayers,
  type DiscriminatorLayer,
  type TrainingConfig,
} from '../contract/training-config.ts';

export type DiscriminatorConfig = Pick<
  TrainingConfig,
  'widthPx' | 'heightPx' | 'channels' | 'discriminatorLayers' | 'discriminatorPadding' | 'adversarialLoss'
>;

export interface MapSize {
  readonly height: number;
  readonly width: number;
}

/**
 * Size of the discriminator's probability map for the configured image, and the patch each place sees.
 * @throws StudioError 'bad-usage' where the image is too small for the layers
 */
export function discriminatorMap(config: DiscriminatorConfig): {
  readonly output: MapSize;
  readonly beforeLast: MapSize;
  readonly patches: number;
  readonly receptiveFieldPx: number;
  readonly stridePx: number;
} {
  let [height, width, receptiveFieldPx, stridePx] = [config.heightPx, config.widthPx, 1, 1];
  for (const layer of parseDiscriminatorLayers(config.discriminatorLayers)) {
    height = outputLength(height, layer, config.discriminatorPadding);
    width = outputLength(width, layer, config.discriminatorPadding);
    receptiveFieldPx += (layer.kernelPx - 1) * stridePx;
    stridePx *= layer.stride;
  }
  if (height < 1 || width < 1) {
    throw new StudioError(
      'bad-usage',
      `An image of ${config.widthPx}×${config.heightPx} px is too small for the discriminator layers "${config.discriminatorLayers}".`,
      { remedy: 'Use larger images, fewer or smaller layers, or the discriminator padding "same".' },
    );
  }
  const beforeLast = { height, width };
  const output = config.adversarialLoss === 'global' ? { height: 1, width: 1 } : beforeLast;
  return { output, beforeLast, patches: output.height * output.width, receptiveFieldPx, stridePx };
}

function outputLength(length: number, layer: DiscriminatorLayer, padding: 'same' | 'valid'): number {
  return padding === 'same'
    ? Math.ceil(length / layer.stride)
    : Math.floor((length - layer.kernelPx) / layer.stride) + 1;
}
