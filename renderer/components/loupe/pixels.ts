import { decode, hasPngSignature } from 'fast-png';
import type { Pixels } from './tone.ts';

/**
 * The values that a picture's file has. A browser shows 8 bits of each pixel, so PNGs of 16 bits (depth in millimetres)
 * are decoded here.
 */
export async function readPixels(url: string, signal: AbortSignal): Promise<Pixels> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`The picture could not be read (${response.status}).`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (hasPngSignature(bytes) && bytes[DEPTH_OFFSET] === 16) {
    const { width, height, channels, data } = decode(bytes);
    return { width, height, channels, bitDepth: 16, data };
  }
  const type = response.headers.get('content-type') ?? '';
  // As stored: not corrected for a display, as PNGs with a gamma or a colour profile would be.
  const asStored: ImageBitmapOptions = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' };
  const bitmap = await createImageBitmap(new Blob([bytes], { type }), asStored);
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('This window cannot read pixels.');
    context.drawImage(bitmap, 0, 0);
    return { width, height, channels: 4, bitDepth: 8, data: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}

/** Of the bit depth in a PNG: signature (8), length and type of IHDR (8), width and height (8). */
const DEPTH_OFFSET = 24;
