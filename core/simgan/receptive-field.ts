import { parseDiscriminatorLayers } from '../contract/training-config.ts';
import { discriminatorMap, type DiscriminatorConfig } from './discriminator-map.ts';

/** What the places of the discriminator's map see; pixels from the left (top) edge of the first one. */
export interface ReceptiveField {
  /** Side of the square that a place sees. */
  readonly sidePx: number;
  /** Between the centres of neighbouring places. */
  readonly stridePx: number;
  /** Centre of what the first column (row) sees. */
  readonly firstCentreXPx: number;
  readonly firstCentreYPx: number;
}

/**
 * The receptive field from the declared layers (Dumoulin & Visin 2016, "A guide to convolution arithmetic"; Araujo et
 * al. 2019, "Computing receptive fields"), with the zeros that TensorFlow's "same" puts before the first row, which
 * depend on the size. A global loss sees the whole image.
 */
export function receptiveField(config: DiscriminatorConfig): ReceptiveField {
  const { heightPx, widthPx } = config;
  if (config.adversarialLoss === 'global') {
    const sidePx = Math.max(heightPx, widthPx);
    return { sidePx, stridePx: sidePx, firstCentreXPx: widthPx / 2, firstCentreYPx: heightPx / 2 };
  }
  const { receptiveFieldPx, stridePx } = discriminatorMap(config);
  return {
    sidePx: receptiveFieldPx,
    stridePx,
    firstCentreXPx: firstCentrePx(config, widthPx),
    firstCentreYPx: firstCentrePx(config, heightPx),
  };
}

/** Of an axis of so many pixels. */
function firstCentrePx(config: DiscriminatorConfig, lengthPx: number): number {
  let [length, stride, centre] = [lengthPx, 1, 0.5];
  for (const layer of parseDiscriminatorLayers(config.discriminatorLayers)) {
    const isSame = config.discriminatorPadding === 'same';
    const outputs = isSame
      ? Math.ceil(length / layer.stride)
      : Math.floor((length - layer.kernelPx) / layer.stride) + 1;
    const zeros = isSame ? Math.max(0, (outputs - 1) * layer.stride + layer.kernelPx - length) : 0;
    centre += ((layer.kernelPx - 1) / 2 - Math.floor(zeros / 2)) * stride;
    stride *= layer.stride;
    length = outputs;
  }
  return centre;
}

/** The part of the image that a place sees, in whole pixels, cut off at the border. */
export function fieldBox(
  { sidePx, stridePx, firstCentreXPx, firstCentreYPx }: ReceptiveField,
  { column, row }: { readonly column: number; readonly row: number },
  { widthPx, heightPx }: Pick<DiscriminatorConfig, 'widthPx' | 'heightPx'>,
): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
  const along = (centre: number, length: number): [from: number, to: number] => [
    Math.max(0, Math.round(centre - sidePx / 2)),
    Math.min(length, Math.round(centre + sidePx / 2)),
  ];
  const [left, right] = along(firstCentreXPx + column * stridePx, widthPx);
  const [top, bottom] = along(firstCentreYPx + row * stridePx, heightPx);
  return { x: left, y: top, width: right - left, height: bottom - top };
}
