/** A refined image that was put into the history buffer. */
export interface HistoryEntry {
  readonly slot: number;
  /** The synthetic image that it was refined from. */
  readonly sourceImageId: number;
  /** Step in which the image that it replaced had entered; null while the buffer was filling. */
  readonly replacedStep: number | null;
}

/** Count of the entries and the least source, 32 bits each, then the bits of a slot, a source and an age, 8 bits each. */
const HEADER_BYTES = 11;

/**
 * The entries of a step in as few bits as the largest needs: slot, source above the least one, and how many steps before
 * it the replaced image had entered, plus one (0 where none was). 41 bits an entry where 25,600 places are drawn from
 * 50,000 sources.
 */
export function packEntries(step: number, entries: readonly HistoryEntry[]): Buffer {
  const least = entries.reduce((low, { sourceImageId }) => Math.min(low, sourceImageId), Infinity);
  const rows = entries.map(({ slot, sourceImageId, replacedStep }) => [
    slot,
    sourceImageId - least,
    replacedStep === null ? 0 : step - replacedStep + 1,
  ]);
  const widths = [0, 1, 2].map((column) =>
    bitsOf(rows.reduce((most, row) => Math.max(most, row[column]), 0)),
  );
  const bits = rows.length * widths.reduce((sum, width) => sum + width);
  const packed = Buffer.alloc(HEADER_BYTES + Math.ceil(bits / 8));
  packed.writeUInt32LE(rows.length, 0);
  packed.writeUInt32LE(rows.length > 0 ? least : 0, 4);
  packed.set(widths, 8);
  let at = 8 * HEADER_BYTES;
  for (const row of rows) {
    row.forEach((value, column) => {
      writeBits(packed, at, widths[column], value);
      at += widths[column];
    });
  }
  return packed;
}

/** The inverse of `packEntries`. */
export function unpackEntries(step: number, packed: Buffer): HistoryEntry[] {
  const least = packed.readUInt32LE(4);
  const [slotBits, sourceBits, ageBits] = packed.subarray(8);
  let at = 8 * HEADER_BYTES;
  const read = (width: number): number => {
    at += width;
    return readBits(packed, at - width, width);
  };
  return Array.from({ length: packed.readUInt32LE(0) }, () => {
    const slot = read(slotBits);
    const sourceImageId = least + read(sourceBits);
    const age = read(ageBits);
    return { slot, sourceImageId, replacedStep: age === 0 ? null : step - age + 1 };
  });
}

const bitsOf = (value: number): number => 32 - Math.clz32(value);

function writeBits(bytes: Uint8Array, at: number, width: number, value: number): void {
  for (let done = 0; done < width;) {
    const place = at + done;
    bytes[place >>> 3] |= (value >>> done) << (place & 7);
    done += 8 - (place & 7);
  }
}

function readBits(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let done = 0; done < width;) {
    const place = at + done;
    value |= (bytes[place >>> 3] >>> (place & 7)) << done;
    done += 8 - (place & 7);
  }
  return (width === 32 ? value : value & (2 ** width - 1)) >>> 0;
}
