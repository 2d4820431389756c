import { readBits, writeBits } from './bits.ts';

/** A refined image that was put into the history buffer. */
export interface HistoryEntry {
  readonly slot: number;
  /** The synthetic image that it was refined from. */
  readonly sourceImageId: number;
  /** Step in which the image that it replaced had entered; null while the buffer was filling. */
  readonly replacedStep: number | null;
}

/** What entered in one step. */
export interface HistoryStep {
  readonly step: number;
  readonly entries: readonly HistoryEntry[];
}

/** A step on record, its entries packed. */
export interface RecordedStep {
  readonly step: number;
  /** Slots that were filled after it. */
  readonly filled: number;
  /** From its length to its last bit. */
  readonly bytes: Buffer;
}

/** Length, step, filled slots, count of the entries and least source, 32 bits each, then three widths of 8 bits. */
const HEADER_BYTES = 23;

/**
 * The entries of a step by slot, in Rice codes (Rice and Plaunt 1971): how far the slot is from the one before, the source
 * above the least one, and how many steps before it the replaced image had entered, plus one (0 where none was). The first
 * and last are geometric where slots are drawn at random, for which the code is nearly the shortest there is: 256 entries
 * into 25,600 places from 50,000 sources take 32.5 bits each.
 */
export function packStep({ step, entries }: HistoryStep, filled: number): RecordedStep {
  const bySlot = entries.toSorted((left, right) => left.slot - right.slot);
  const least = bySlot.reduce((low, { sourceImageId }) => Math.min(low, sourceImageId), Infinity);
  const rows = bySlot.map(({ slot, sourceImageId, replacedStep }, index) => [
    slot - (bySlot[index - 1]?.slot ?? 0),
    sourceImageId - least,
    replacedStep === null ? 0 : step - replacedStep + 1,
  ]);
  const widths = [0, 1, 2].map((column) => riceWidth(rows.map((row) => row[column])));
  const bits = rows.reduce(
    (sum, row) => sum + row.reduce((own, value, column) => own + riceBits(value, widths[column]), 0),
    0,
  );
  const bytes = Buffer.alloc(HEADER_BYTES + Math.ceil(bits / 8));
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeInt32LE(step, 4);
  bytes.writeUInt32LE(filled, 8);
  bytes.writeUInt32LE(rows.length, 12);
  bytes.writeUInt32LE(rows.length > 0 ? least : 0, 16);
  bytes.set(widths, 20);
  let at = 8 * HEADER_BYTES;
  for (const row of rows) {
    row.forEach((value, column) => {
      const width = widths[column];
      // As many ones as the quotient says, a zero, and the rest.
      for (let quotient = value >>> width; quotient > 0; quotient--) writeBits(bytes, at++, 1, 1);
      writeBits(bytes, at + 1, width, value & (2 ** width - 1));
      at += 1 + width;
    });
  }
  return { step, filled, bytes };
}

/** The steps whose bytes lie one after the other. */
export function splitSteps(packed: Buffer): RecordedStep[] {
  const steps: RecordedStep[] = [];
  for (let at = 0; at < packed.length;) {
    const bytes = packed.subarray(at, at + packed.readUInt32LE(at));
    steps.push({ step: bytes.readInt32LE(4), filled: bytes.readUInt32LE(8), bytes });
    at += bytes.length;
  }
  return steps;
}

/** What entered in a step by slot; into the same slot, in the order of entering. */
export function entriesOf({ step, bytes }: RecordedStep): HistoryEntry[] {
  const least = bytes.readUInt32LE(16);
  const [slotWidth, sourceWidth, ageWidth] = bytes.subarray(20);
  let at = 8 * HEADER_BYTES;
  const read = (width: number): number => {
    let quotient = 0;
    while (readBits(bytes, at++, 1) === 1) quotient++;
    at += width;
    return quotient * 2 ** width + readBits(bytes, at - width, width);
  };
  let slot = 0;
  return Array.from({ length: bytes.readUInt32LE(12) }, () => {
    slot += read(slotWidth);
    const sourceImageId = least + read(sourceWidth);
    const age = read(ageWidth);
    return { slot, sourceImageId, replacedStep: age === 0 ? null : step - age + 1 };
  });
}

/** The width of the rest that suits the mean: quotients are short, at most two for each value on average. */
function riceWidth(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return Math.max(0, Math.floor(Math.log2(Math.max(1, mean))));
}

const riceBits = (value: number, width: number): number => (value >>> width) + 1 + width;
