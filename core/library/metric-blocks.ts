import { inOrder, stepAt, within, type MetricPoints } from './metric-points.ts';

/** Steps that a block spans. All blocks lie on one grid: one of them from step 0 to 255, the next from 256 on. */
export const BLOCK_STEPS = 256;

/** Steps whose blocks are kept in one piece: large enough that a million steps are read at once, small enough to append to. */
const PAGE_STEPS = 1024 * BLOCK_STEPS;

/**
 * Places of the numbers of a block: its first step with a reading; the number of its readings; of the finite ones number,
 * sum, least (Infinity where there are none) and most (−Infinity).
 */
export const BLOCK_FIELDS = { step: 0, readings: 1, finite: 2, sum: 3, min: 4, max: 5 } as const;

export const FIELDS_OF_BLOCK = 6;

/** What the curve of many steps needs of its readings: `FIELDS_OF_BLOCK` numbers of each block that has any, ascending. */
export type MetricBlocks = Float64Array;

/** The first step of the block, or of the larger span of steps, that a step lies in. */
export function blockOf(step: number, steps = BLOCK_STEPS): number {
  return Math.floor(step / steps) * steps;
}

/** The first and the last step of the page that a step lies in. */
export function pageOf(step: number): readonly [from: number, to: number] {
  const from = blockOf(step, PAGE_STEPS);
  return [from, from + PAGE_STEPS - 1];
}

/** The blocks of readings of one metric by the first step of their page; of two readings of a step the later counts. */
export function blocksByPage(pieces: readonly MetricPoints[]): Map<number, MetricBlocks> {
  const fields = new Map<number, number[]>();
  for (const piece of inOrder(pieces)) {
    for (let index = 0; index < piece.values.length;) {
      const [from, to] = pageOf(stepAt(piece, index));
      const part = within(piece, from, to);
      const page = fields.get(from) ?? [];
      fields.set(from, page);
      addBlocks(page, part);
      index += part.values.length;
    }
  }
  return new Map([...fields].map(([from, page]) => [from, Float64Array.from(page)]));
}

function addBlocks(fields: number[], points: MetricPoints): void {
  const count = points.values.length;
  for (let index = 0; index < count;) {
    const first = index;
    const step = stepAt(points, first);
    const end = blockOf(step) + BLOCK_STEPS;
    let [finite, sum, min, max] = [0, 0, Infinity, -Infinity];
    for (; index < count && stepAt(points, index) < end; index++) {
      const value = points.values[index];
      if (!Number.isFinite(value)) continue;
      finite++;
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    fields.push(step, index - first, finite, sum, min, max);
  }
}
