/** Writes a number of up to 32 bits into zeroed bytes, its lowest bit first, from bit `at` on. */
export function writeBits(bytes: Uint8Array, at: number, width: number, value: number): void {
  for (let done = 0; done < width;) {
    const place = at + done;
    bytes[place >>> 3] |= (value >>> done) << (place & 7);
    done += 8 - (place & 7);
  }
}

/** The inverse of `writeBits`. */
export function readBits(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let done = 0; done < width;) {
    const place = at + done;
    value |= (bytes[place >>> 3] >>> (place & 7)) << done;
    done += 8 - (place & 7);
  }
  return (width === 32 ? value : value & (2 ** width - 1)) >>> 0;
}
