import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { addRun, temporaryLibrary } from '../../library/temporary-library.ts';
import { curvesCsv } from './curves-csv.ts';

test('every reading is in the table, those of seldom metrics at their steps', async () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const run = addRun(library);
  const count = 4_500;
  library.runMetrics.append(
    run.id,
    Array.from({ length: count }, (_, index) => ({
      step: index - 3,
      values: {
        'refiner.loss': Math.fround(Math.sin(index)),
        ...(index % 500 === 7 ? { 'labels.driftP95': index } : {}),
        ...(index === 9 ? { broken: NaN } : {}),
      },
    })),
  );
  const [head, ...rows] = parse(Buffer.from(await curvesCsv(library, run)), { recordDelimiter: '\r\n' });
  expect(head).toEqual(['step', 'refiner.loss', 'labels.driftP95', 'broken']);
  expect(rows).toHaveLength(count);
  for (const [index, [step, loss, drift, broken]] of rows.entries()) {
    expect(Number(step)).toBe(index - 3);
    expect(Number(loss)).toBeCloseTo(Math.sin(index), 6);
    expect(drift).toBe(index % 500 === 7 ? String(index) : '');
    expect(broken).toBe(index === 9 ? 'NaN' : '');
  }
});
