import { takeTurn } from '../../base/long-work.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';

/** Rows between two turns of the event loop. */
const ROWS_PER_TURN = 2_000;

/** What float32, in which readings are kept, can tell apart everywhere. */
const DIGITS = 7;

/**
 * Every reading of every metric of a run as CSV (RFC 4180, UTF-8): a row for each step, a column for each metric, empty
 * where it was not measured. Names of metrics are plain words with dots.
 */
export async function curvesCsv(library: Library, run: Run): Promise<Uint8Array> {
  const names = library.runMetrics.names(run.id);
  const series = library.runMetrics.manySeries(run.id, names, { maxPoints: Number.MAX_SAFE_INTEGER });
  const steps = Float64Array.from(new Set(series.flatMap((one) => [...one.steps]))).sort();
  /** Place of the next reading in each series. */
  const next = new Int32Array(series.length);
  const rowOf = (step: number): string => {
    const cells = series.map(({ steps: own, mean }, column) => {
      if (own[next[column]] !== step) return '';
      next[column] += 1;
      return textOf(mean[next[column] - 1]);
    });
    return `${[step, ...cells].join(',')}\r\n`;
  };
  const parts = [Buffer.from(`${['step', ...names].join(',')}\r\n`)];
  for (let start = 0; start < steps.length; start += ROWS_PER_TURN) {
    const rows = Array.from(steps.subarray(start, start + ROWS_PER_TURN), rowOf);
    parts.push(Buffer.from(rows.join('')));
    await takeTurn(undefined);
  }
  return Buffer.concat(parts);
}

function textOf(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(DIGITS))) : 'NaN';
}
