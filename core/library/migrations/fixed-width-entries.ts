import { readBits, writeBits } from '../bits.ts';
import type { HistoryEntry } from '../history-entries.ts';

/** Count of the entries and the least source, 32 bits each, then the bits of a slot, a source and an age, 8 bits each. */
const HEADER_BYTES = 11;

/**
 * As version 9 of the schema kept the entries of a step: slot, source above the least one, and how many steps before it
 * the replaced image had entered, plus one (0 where none was), each in as many bits as the largest needs.
 */
export function packFixedWidth(step: number, entries: readonly HistoryEntry[]): Buffer {
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

/** The inverse of `packFixedWidth`. */
export function unpackFixedWidth(step: number, packed: Buffer): HistoryEntry[] {
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
