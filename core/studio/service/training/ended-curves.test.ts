import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { addRun, temporaryLibrary } from '../../../library/temporary-library.ts';
import { createEndedCurves } from './ended-curves.ts';

test('curves of an ended run are kept until it goes on, those of a training are read anew', async () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  const read = createEndedCurves();
  const add = (...steps: number[]): void =>
    library.runMetrics.append(
      id,
      steps.map((step) => ({ step, values: { loss: step, change: -step } })),
    );
  const curves = (...names: string[]) => {
    const run = library.runs.get(id);
    if (!run) throw new Error('The run is gone.');
    return read(library, run, names, 100);
  };
  library.runs.setStatus(id, 'running');
  add(1, 2);
  expect(curves('loss')[0].mean).toEqual([1, 2]);
  add(3);
  expect(curves('loss')[0].mean).toEqual([1, 2, 3]);

  library.runs.setStatus(id, 'done');
  const [loss] = curves('loss');
  const [change, same, none] = curves('change', 'loss', 'nothing');
  expect(same).toBe(loss);
  expect(change.mean).toEqual([-1, -2, -3]);
  expect(none.steps).toEqual([]);

  // Runs end at different times.
  await sleep(2);
  library.runs.setStatus(id, 'running');
  library.runMetrics.truncateAfter(id, 2);
  add(3, 4);
  library.runs.setStatus(id, 'done');
  expect(curves('loss')[0].mean).toEqual([1, 2, 3, 4]);
});
