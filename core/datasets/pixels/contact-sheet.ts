import { encode } from 'fast-png';

/** An image on a sheet: rows from the top, channels interleaved; 16 bit is depth in mm, 0 = background. */
export interface SheetImage {
  readonly pixels: Uint8Array | Uint16Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1 | 3;
  readonly bitDepth: 8 | 16;
}

export interface ContactSheetOptions {
  /** Images in a row; as many as make the sheet about square if left out. */
  readonly columns?: number;
  /** Whole-number enlargement; pixels stay sharp. */
  readonly scale?: number;
  readonly gapPx?: number;
  readonly gapGrey?: number;
  /** Depths shown as white (near) and dark grey (far); each image's own nearest and farthest if left out. */
  readonly depthWindowMm?: readonly [near: number, far: number];
}

/** Grey of the farthest depth, so that it stands out from the background's black. */
const FARTHEST_GREY = 40;

/**
 * Lays images of any size and bit depth out as a grid, each centred in a cell of the largest size, and encodes the
 * sheet as an 8-bit PNG: grey if all images are, else RGB. A RangeError where there is no image or the scale is no
 * whole number from 1 on.
 */
export function contactSheet(images: readonly SheetImage[], options: ContactSheetOptions = {}): Uint8Array {
  const { scale = 1, gapPx = 2, gapGrey = 255, depthWindowMm } = options;
  if (images.length === 0) throw new RangeError('A contact sheet needs at least one image.');
  if (!Number.isInteger(scale) || scale < 1) {
    throw new RangeError(`The scale of a contact sheet must be a whole number from 1 on, not ${scale}.`);
  }
  const columns = Math.min(images.length, options.columns ?? Math.ceil(Math.sqrt(images.length)));
  const rows = Math.ceil(images.length / columns);
  const cellWidthPx = Math.max(...images.map((image) => image.widthPx)) * scale;
  const cellHeightPx = Math.max(...images.map((image) => image.heightPx)) * scale;
  const channels = images.some((image) => image.channels === 3) ? 3 : 1;
  const widthPx = columns * (cellWidthPx + gapPx) + gapPx;
  const heightPx = rows * (cellHeightPx + gapPx) + gapPx;
  const sheet = new Uint8Array(widthPx * heightPx * channels).fill(gapGrey);
  images.forEach((image, place) => {
    const left = gapPx + (place % columns) * (cellWidthPx + gapPx);
    const top = gapPx + Math.floor(place / columns) * (cellHeightPx + gapPx);
    const offsetX = left + ((cellWidthPx - image.widthPx * scale) >> 1);
    const offsetY = top + ((cellHeightPx - image.heightPx * scale) >> 1);
    const toByte = byteConverter(image, depthWindowMm);
    for (let y = 0; y < image.heightPx * scale; y++) {
      for (let x = 0; x < image.widthPx * scale; x++) {
        const from = (Math.floor(y / scale) * image.widthPx + Math.floor(x / scale)) * image.channels;
        const to = ((offsetY + y) * widthPx + offsetX + x) * channels;
        for (let channel = 0; channel < channels; channel++) {
          sheet[to + channel] = toByte(image.pixels[from + (image.channels === 3 ? channel : 0)]);
        }
      }
    }
  });
  return encode({ width: widthPx, height: heightPx, data: sheet, channels, depth: 8 });
}

function byteConverter(
  image: SheetImage,
  depthWindowMm: readonly [number, number] | undefined,
): (value: number) => number {
  if (image.bitDepth === 8) return (value) => value;
  const [near, far] = depthWindowMm ?? foregroundRange(image.pixels);
  const perMm = (255 - FARTHEST_GREY) / Math.max(1, far - near);
  return (value) =>
    value === 0 ? 0 : Math.round(Math.max(FARTHEST_GREY, Math.min(255, 255 - (value - near) * perMm)));
}

function foregroundRange(pixels: Uint8Array | Uint16Array): [number, number] {
  let near = Infinity;
  let far = 0;
  for (const value of pixels) {
    if (value === 0) continue;
    near = Math.min(near, value);
    far = Math.max(far, value);
  }
  return far === 0 ? [0, 1] : [near, far];
}
