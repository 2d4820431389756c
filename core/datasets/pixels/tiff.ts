/** The structure of a TIFF file (TIFF 6.0, section 2), as far as the decoder does not tell it. */

const NEW_SUBFILE_TYPE = 254;
const ENTRY_BYTES = 12;

/** How many full-size pictures a TIFF file holds; 0 for another file. Directories in a circle are counted once. */
export function countTiffPages(bytes: Uint8Array): number {
  if (bytes.length < 8) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = view.getUint16(0) === 0x4949;
  const isTiff = (isLittle || view.getUint16(0) === 0x4d4d) && view.getUint16(2, isLittle) === 42;
  if (!isTiff) return 0;
  const seen = new Set<number>();
  let pages = 0;
  let at = view.getUint32(4, isLittle);
  while (at !== 0 && at + 2 <= bytes.length && !seen.has(at)) {
    seen.add(at);
    const end = at + 2 + view.getUint16(at, isLittle) * ENTRY_BYTES;
    if (end + 4 > bytes.length) break;
    let isReduced = false;
    for (let entry = at + 2; entry < end; entry += ENTRY_BYTES) {
      const isType = view.getUint16(entry, isLittle) === NEW_SUBFILE_TYPE;
      if (isType) isReduced = (view.getUint32(entry + 8, isLittle) & 1) === 1;
    }
    if (!isReduced) pages += 1;
    at = view.getUint32(end, isLittle);
  }
  return pages;
}
