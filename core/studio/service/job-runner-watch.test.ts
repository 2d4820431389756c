import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { StudioEvent } from '../../contract/events.ts';
import { temporaryLibrary } from '../../library/temporary-library.ts';
import { presets } from '../../simgan/presets.ts';
import { createLog } from './log.ts';
import { watchRuns } from './job-runner-watch.ts';

describe('watching the runs of a worker', () => {
  test('tells of one that begins and ends between two looks, and of none that it did not work on', () => {
    using temporary = temporaryLibrary();
    const { library } = temporary;
    const config = presets.find(({ name }) => name === 'test')?.config;
    const add = (name: string) =>
      library.runs.add({ name, config, syntheticPackId: null, realPackId: null, totalSteps: 8 });
    const other = add('of another process');
    library.runs.claim(other.id, process.pid + 1, hostname());
    const told: StudioEvent[] = [];
    const stop = watchRuns(
      library,
      process.pid,
      (event) => told.push(event),
      createLog(() => undefined),
    );
    const short = add('short');
    library.runs.claim(short.id, process.pid, hostname());
    library.runs.setStatus(short.id, 'running');
    library.runs.setStatus(short.id, 'done');
    stop();
    expect(told).toMatchObject([{ type: 'run', run: { id: short.id, status: 'done' } }]);
  });
});
