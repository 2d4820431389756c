import { readdirSync, renameSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { StudioError } from '../../base/studio-error.ts';
import { openEngine, type Engine } from '../../engine/engine.ts';
import { quietHooks, studioWithEyes, type TestStudio } from '../../../test/support/studio.ts';
import { workOffQueue, type WithEngine } from './queue-work.ts';
import { listQueue, queueTraining, requestRemoval, requestTraining, takeInRequests } from './queue.ts';
import { mustGetRun } from '../runs/runs.ts';
import { startTraining } from '../training/training-run.ts';

/** Many short trainings, on a machine that may be busy. */
const PATIENCE_MS = 30_000;

const wish = { engine: 'wasm', threads: 1 } as const;
/** Of a process that is surely gone. */
const GONE = 2 ** 30;

let engine: Engine;
let studio: TestStudio;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());
beforeEach(async () => {
  studio = await studioWithEyes(8);
  return () => studio[Symbol.dispose]();
});

const noNotes = (text: string): void => expect.unreachable(text);
const withEngine: WithEngine = (_wish, work) => work(engine);
const queue = (name?: string, changes = {}) =>
  requestTraining(studio.library, studio.request({ steps: 2, ...changes }, name), wish);
const waiting = () => listQueue(studio.library).map(({ name, status }) => [name, status]);
const inboxFiles = () => readdirSync(join(studio.library.folder, 'queue'));

describe('the queue', { timeout: PATIENCE_MS }, () => {
  test('takes requests without writing into the library, and names them as runs are named', async () => {
    const { library } = studio;
    expect(await queue()).toBe('run 1');
    expect(await queue()).toBe('run 2');
    expect(await queue('third')).toBe('third');
    await expect(queue('third')).rejects.toMatchObject({ code: 'busy' });
    expect(library.runs.list()).toEqual([]);
    expect(waiting()).toEqual([
      ['run 1', 'requested'],
      ['run 2', 'requested'],
      ['third', 'requested'],
    ]);
    takeInRequests(library, noNotes);
    expect(inboxFiles()).toEqual([]);
    expect(waiting().map(([, status]) => status)).toEqual(['queued', 'queued', 'queued']);
    expect(library.runs.list().map(({ name }) => name)).toEqual(['run 1', 'run 2', 'third']);
    expect(await queue()).toBe('run 4');
    expect(listQueue(library).at(-1)).toEqual({
      name: 'run 4',
      status: 'requested',
      step: 0,
      steps: 2,
      synthetic: 'drawn',
      real: 'seen',
      engine: 'wasm',
    });
  });

  test('takes an order in once, though the process died before its file was gone', async () => {
    await queue();
    const [file] = inboxFiles();
    const path = join(studio.library.folder, 'queue', file);
    takeInRequests(studio.library, noNotes);
    const { runs, runEvents } = studio.library;
    const order = { kind: 'add', order: runEvents.list(runs.list()[0].id, 'order')[0].content };
    await writeFile(path, JSON.stringify(order));
    takeInRequests(studio.library, noNotes);
    expect(runs.list()).toHaveLength(1);
    expect(inboxFiles()).toEqual([]);
  });

  test('gives a run another name where its own was given away meanwhile', async () => {
    await queue('mine');
    await startTraining(studio.library, engine, studio.request({ steps: 1 }, 'mine'), quietHooks());
    takeInRequests(studio.library, noNotes);
    expect(waiting()).toEqual([['run 2', 'queued']]);
  });

  test('works everything off in turn, also what comes in meanwhile, with what each run was queued with', async () => {
    const { library } = studio;
    await queue('first', { lambda: 0.25 });
    await queue('second', { seed: 7 });
    const twin = await startTraining(
      library,
      engine,
      studio.request({ steps: 2, lambda: 0.25 }),
      quietHooks(),
    );
    let asked = 0;
    const { ended, skipped, putBack } = await workOffQueue(
      library,
      async (given, work) => {
        expect(given).toMatchObject(wish);
        if (asked++ === 0) await queue('third');
        return await work(engine);
      },
      quietHooks(),
    );
    expect(ended.map(({ name, status, step }) => [name, status, step])).toEqual([
      ['first', 'done', 2],
      ['second', 'done', 2],
      ['third', 'done', 2],
    ]);
    expect([skipped, putBack]).toEqual([[], undefined]);
    expect(waiting()).toEqual([]);
    expect(ended[1].config).toMatchObject({ seed: 7 });
    const weights = (runId: number) => library.checkpoints.latest(runId)?.sha256;
    expect(weights(ended[0].id)).toBe(weights(twin.id));
  });

  test('goes on with a run whose process died, before all others, and leaves alone what is not its own', async () => {
    const { library } = studio;
    await queue('dead', { steps: 9 });
    const stopAt = stopsAfter(5);
    await workOffQueue(library, withEngine, stopAt);
    const dead = library.runs.byName('dead');
    const alien = await startTraining(library, engine, studio.request({ steps: 1 }, 'alien'), quietHooks());
    for (const run of [dead, alien]) {
      library.runs.claim(run?.id ?? 0, GONE, hostname());
      library.runs.setStatus(run?.id ?? 0, 'running');
    }
    await queue('next');
    expect(waiting()).toEqual([
      ['dead', 'interrupted'],
      ['next', 'requested'],
    ]);
    const notes: string[] = [];
    const { ended } = await workOffQueue(library, withEngine, quietHooks(notes));
    expect(ended.map(({ name, step }) => [name, step])).toEqual([
      ['dead', 9],
      ['next', 2],
    ]);
    expect(notes).toContainEqual(expect.stringContaining('dead was interrupted at step'));
    expect(notes).toContainEqual(expect.stringContaining('simgan train --resume "alien"'));
    expect(mustGetRun(library, alien.id).status).toBe('running');
  });

  test('goes on with a run on the engine that it began on, where none was asked for', async () => {
    const { library } = studio;
    const { id } = queueTraining(library, studio.request({ steps: 2 }), { engine: 'auto' });
    const other = queueTraining(library, studio.request({ steps: 2 }), { engine: 'auto' });
    library.runs.update(id, { engine: 'tensorflow', device: 'CPU, 3 threads' });
    const wishes: unknown[] = [];
    await workOffQueue(
      library,
      ({ engine: name, threads }, work) => {
        wishes.push([name, threads]);
        return work(engine);
      },
      quietHooks(),
    );
    expect(wishes).toEqual([
      ['tensorflow', 3],
      ['auto', undefined],
    ]);
    expect(mustGetRun(library, other.id).status).toBe('done');
  });

  test('puts back the run that is at work when it is told to stop', async () => {
    const { library } = studio;
    await queue('long', { steps: 50 });
    await queue('other');
    const { ended, putBack } = await workOffQueue(library, withEngine, stopsAfter(10));
    expect(ended).toEqual([]);
    expect(putBack).toMatchObject({ name: 'long', status: 'queued' });
    expect(waiting()).toEqual([
      ['long', 'queued'],
      ['other', 'queued'],
    ]);
    await requestRemoval(library, 'long');
    takeInRequests(library, noNotes);
    // What was trained is not thrown away.
    expect(library.runs.byName('long')?.status).toBe('stopped');
  });

  test('skips what cannot begin, says why, and goes on', async () => {
    const { library } = studio;
    await queue('without engine');
    await queue('without pack');
    await queue('sound');
    const notes: string[] = [];
    let asked = 0;
    const { ended, skipped } = await workOffQueue(
      library,
      async (given, work) => {
        asked += 1;
        if (asked === 1) throw new StudioError('engine', 'There is no engine.', { remedy: 'Get one.' });
        if (asked > 2) return await withEngine(given, work);
        const packId = library.runs.byName('without pack')?.syntheticPackId ?? 0;
        const [path, hidden] = [library.packPath(packId), `${library.packPath(packId)}.hidden`];
        renameSync(path, hidden);
        try {
          return await withEngine(given, work);
        } finally {
          renameSync(hidden, path);
        }
      },
      quietHooks(notes),
    );
    expect(skipped).toEqual(['without engine', 'without pack']);
    expect(ended.map(({ name, status }) => [name, status])).toEqual([['sound', 'done']]);
    expect(notes).toContain('without engine is skipped: There is no engine.');
    expect(notes).toContain('Get one.');
    expect(notes).toContainEqual(
      expect.stringMatching(/^without pack is skipped: The pack .* is not there\.$/),
    );
    // At the next time they can.
    const next = await workOffQueue(library, withEngine, quietHooks());
    expect(next.ended.map(({ name, status }) => [name, status])).toEqual([
      ['without engine', 'done'],
      ['without pack', 'done'],
    ]);
  });

  test('lets go of what is not wanted, taken in or not, and names what it has', async () => {
    const { library } = studio;
    await queue('a');
    takeInRequests(library, noNotes);
    await queue('b');
    await requestRemoval(library, 'a');
    await requestRemoval(library, 'b');
    expect(waiting()).toEqual([]);
    takeInRequests(library, noNotes);
    expect(library.runs.list()).toEqual([]);
    await queue('c');
    await expect(requestRemoval(library, 'a')).rejects.toMatchObject({
      code: 'not-found',
      remedy: 'These wait: "c".',
    });
  });

  test('lets go of a run whose process died, which keeps what it has', async () => {
    const { library } = studio;
    await queue('dead', { steps: 9 });
    await queue('next');
    await workOffQueue(library, withEngine, stopsAfter(5));
    for (const name of ['dead', 'next']) {
      const id = library.runs.byName(name)?.id ?? 0;
      library.runs.claim(id, GONE, hostname());
      library.runs.setStatus(id, 'preflight');
    }
    await requestRemoval(library, 'dead');
    await requestRemoval(library, 'next');
    expect(waiting()).toEqual([]);
    takeInRequests(library, noNotes);
    expect(library.runs.list().map(({ name, status }) => [name, status])).toEqual([
      ['dead', 'stopped'],
      ['next', 'stopped'],
    ]);
    expect(library.checkpoints.latest(library.runs.byName('dead')?.id ?? 0)).toBeDefined();
    expect(await workOffQueue(library, withEngine, quietHooks())).toMatchObject({ ended: [], skipped: [] });
  });

  test('refuses a batch that the data does not have, at once', async () => {
    await expect(queue('big', { batchSize: 10, historyCapacity: 16 })).rejects.toThrow(
      'A batch of 10 is larger than what "drawn" has for training: 8 images.',
    );
  });

  test.each(['{"kind":"ad', '{"kind":"other"}', ''])(
    'sets the damaged request %j aside and takes the others in',
    async (content) => {
      await queue('before');
      await writeFile(join(studio.library.folder, 'queue', '0-broken.json'), content);
      expect(waiting()).toEqual([['before', 'requested']]);
      expect(await queue('after')).toBe('after');
      const notes: string[] = [];
      for (let round = 0; round < 2; round++) takeInRequests(studio.library, (text) => notes.push(text));
      expect(notes).toEqual([expect.stringMatching(/0-broken\.json cannot be read/)]);
      expect(waiting()).toEqual([
        ['before', 'queued'],
        ['after', 'queued'],
      ]);
      const [aside, ...others] = inboxFiles();
      expect(others).toEqual([]);
      expect(notes[0]).toContain(aside);
      expect(await readFile(join(studio.library.folder, 'queue', aside), 'utf8')).toBe(content);
    },
  );
});

/** Hooks whose signal comes after some positions of training. */
function stopsAfter(positions: number) {
  const controller = new AbortController();
  return {
    ...quietHooks([], controller.signal),
    onProgress: ({ done, unit }: { done: number; unit: string }) => {
      if (unit === 'steps' && done >= positions) controller.abort();
    },
  };
}
