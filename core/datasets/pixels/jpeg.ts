/** The structure of a JPEG file (ITU-T T.81, annex B), as far as the decoder does not tell it. */

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/**
 * Whether the end marker follows the pixels. The decoder fills what is missing with grey and says nothing. An
 * embedded thumbnail has an end marker of its own, so the search starts after the headers.
 */
export function jpegIsWhole(bytes: Uint8Array): boolean {
  for (const { marker, offset } of headerSegments(bytes)) {
    if (marker === START_OF_SCAN) {
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('ffd9', offset, 'hex');
    }
  }
  return false;
}

/** Width and height from the frame header; undefined where EXIF comes first, which may turn the picture. */
export function jpegSize(bytes: Uint8Array): { widthPx: number; heightPx: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { marker, offset } of headerSegments(bytes)) {
    if (marker === APP1) return undefined;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker);
    if (isFrame && offset + 9 <= bytes.length) {
      return { heightPx: view.getUint16(offset + 5), widthPx: view.getUint16(offset + 7) };
    }
  }
  return undefined;
}

const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
/** Huffman tables, a reserved code and arithmetic conditioning lie among the codes of frames. */
const NO_FRAMES = [0xc4, 0xc8, 0xcc];

/** The segments up to the first scan; `offset` is where the marker starts. */
function* headerSegments(bytes: Uint8Array): Generator<{ marker: number; offset: number }> {
  let offset = 2;
  while (offset + 4 <= bytes.length && bytes[offset] === 0xff) {
    const marker = bytes[offset + 1];
    if (marker === 0xff) {
      offset++;
      continue;
    }
    yield { marker, offset };
    if (marker === START_OF_SCAN) return;
    offset += 2 + (bytes[offset + 2] << 8) + bytes[offset + 3];
  }
}
