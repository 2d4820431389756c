import { newPixels, bitDepthOf, type Raster } from './raster.ts';

/** How a stored picture has to be turned to be upright: 1 (as it is) to 8, EXIF 2.3, tag 0x112. */
type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** From the eXIf chunk of a PNG file (PNG specification, third edition, 11.3.3.6); 1 where there is none. */
export function pngOrientation(bytes: Uint8Array): Orientation {
  const view = viewOf(bytes);
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    if (isName(bytes, at + 4, 'eXIf')) return exifOrientation(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return 1;
}

/** From the EXIF chunk of a WebP file (WebP container specification); 1 where there is none. */
export function webpOrientation(bytes: Uint8Array): Orientation {
  const view = viewOf(bytes);
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    if (isName(bytes, at, 'EXIF')) return exifOrientation(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length % 2);
  }
  return 1;
}

export const isWebp = (bytes: Uint8Array): boolean => isName(bytes, 0, 'RIFF') && isName(bytes, 8, 'WEBP');

const ORIENTATION_TAG = 0x112;
const ENTRY_BYTES = 12;

/** From EXIF data: a TIFF header and its first directory. Some programs write "Exif\0\0" before it. */
function exifOrientation(exif: Uint8Array): Orientation {
  const data = isName(exif, 0, 'Exif') ? exif.subarray(6) : exif;
  if (data.length < 10) return 1;
  const view = viewOf(data);
  const isLittle = isName(data, 0, 'II');
  const start = view.getUint32(4, isLittle);
  if (start + 2 > data.length) return 1;
  const count = view.getUint16(start, isLittle);
  for (let place = 0; place < count; place++) {
    const entry = start + 2 + place * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > data.length) return 1;
    if (view.getUint16(entry, isLittle) === ORIENTATION_TAG) {
      return asOrientation(view.getUint16(entry + 8, isLittle));
    }
  }
  return 1;
}

const asOrientation = (value: number): Orientation => (value >= 1 && value <= 8 ? (value as Orientation) : 1);

/** The picture upright; the same one where it is so already. */
export function turnUpright<Picture extends Raster>(picture: Picture, orientation: Orientation): Picture {
  if (orientation === 1) return picture;
  const { pixels, widthPx, heightPx, channels } = picture;
  const isOnSide = orientation >= 5;
  const [width, height] = isOnSide ? [heightPx, widthPx] : [widthPx, heightPx];
  const turned = newPixels(pixels.length, bitDepthOf(pixels));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = storedPlace(x, y, orientation, widthPx, heightPx);
      const from = (fromY * widthPx + fromX) * channels;
      turned.set(pixels.subarray(from, from + channels), (y * width + x) * channels);
    }
  }
  return { ...picture, pixels: turned, widthPx: width, heightPx: height };
}

/** Where a pixel of the upright picture is stored; the size is that of the stored one. */
function storedPlace(
  x: number,
  y: number,
  orientation: Orientation,
  widthPx: number,
  heightPx: number,
): [number, number] {
  const [right, bottom] = [widthPx - 1, heightPx - 1];
  switch (orientation) {
    case 1:
      return [x, y];
    case 2:
      return [right - x, y];
    case 3:
      return [right - x, bottom - y];
    case 4:
      return [x, bottom - y];
    case 5:
      return [y, x];
    case 6:
      return [y, bottom - x];
    case 7:
      return [right - y, bottom - x];
    case 8:
      return [right - y, x];
  }
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const isName = (bytes: Uint8Array, at: number, name: string): boolean =>
  Array.from(name).every((letter, place) => bytes[at + place] === letter.charCodeAt(0));
