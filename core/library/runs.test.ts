import { renameSync, existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { isProcessAlive } from './process-alive.ts';
import { effectiveStatus, type RunStatus } from './run-status.ts';
import { addDataset, addRun, errorOf, packOf, temporaryLibrary } from './temporary-library.ts';

test('time of work counts from the claim on, and leaves pauses out', () => {
  using temporary = temporaryLibrary();
  const { runs } = temporary.library;
  const { id } = addRun(temporary.library);
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
  const after = (seconds: number): void => void vi.advanceTimersByTime(1000 * seconds);
  try {
    runs.claim(id, 1, 'here');
    after(2.5);
    runs.heartbeat(id, 1);
    after(600);
    runs.idle(id);
    after(1);
    runs.heartbeat(id, 2);
    after(3600);
    runs.claim(id, 2, 'here');
    after(0.5);
    runs.heartbeat(id, 3);
  } finally {
    vi.useRealTimers();
  }
  expect(runs.get(id)?.workedSeconds).toBeCloseTo(4, 3);
  expect(runs.get(id)?.step).toBe(3);
});

test('a run from the queue to its end', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id } = addRun(library);
  expect(library.runs.get(id)).toMatchObject({
    name: 'run 1',
    status: 'queued',
    config: { lambda: 0.1 },
    parent: null,
    step: 0,
    totalSteps: 1_000,
    finishedAt: null,
  });
  library.runs.claim(id, 4711, 'here');
  library.runs.setStatus(id, 'running');
  library.runs.heartbeat(id, 40);
  library.runs.update(id, {
    engine: 'wasm',
    device: 'CPU',
    verdict: 'Realism rising.',
    config: { lambda: 1 },
  });
  library.runs.update(id, {});
  expect(library.runs.get(id)).toMatchObject({ status: 'running', step: 40, processId: 4711, host: 'here' });
  library.runs.setStatus(id, 'failed', 'The engine died.');
  const failed = library.runs.get(id);
  expect(failed).toMatchObject({ error: 'The engine died.', engine: 'wasm', config: { lambda: 1 } });
  expect(failed?.finishedAt).toBe(failed?.statusAt);
  library.runs.setStatus(id, 'queued');
  expect(library.runs.get(id)).toMatchObject({ error: null, finishedAt: null, verdict: 'Realism rising.' });
  library.runs.update(id, { verdict: null });
  expect(library.runs.get(id)?.verdict).toBeNull();
});

test('names are given, free and unique; the queue and the latest are found', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const first = addRun(library);
  library.runs.update(first.id, { name: 'run 2' });
  const second = addRun(library);
  expect(second.name).toBe('run 3');
  expect(errorOf(() => library.runs.update(second.id, { name: 'run 2' })).code).toBe('busy');
  library.runs.setStatus(first.id, 'done');
  const branch = library.runs.add({
    name: 'softer',
    parent: { runId: first.id, step: 300 },
    config: {},
    syntheticPackId: null,
    realPackId: null,
    totalSteps: 10,
    notes: 'λ halved',
  });
  expect(library.runs.byName('softer')).toEqual(branch);
  expect(branch.parent).toEqual({ runId: first.id, step: 300 });
  expect(library.runs.latest()).toEqual(branch);
  expect(library.runs.queue().map((run) => run.name)).toEqual(['run 3', 'softer']);
  expect(library.runs.list()).toHaveLength(3);
  expect(errorOf(() => library.runs.heartbeat(99, 1)).code).toBe('not-found');
});

describe('the status that a user is told', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const run = (status: RunStatus, secondsSilent: number, processId: number | null = 7) => ({
    status,
    statusAt: '2026-03-01T10:00:00Z',
    heartbeatAt: new Date(now - secondsSilent * 1000).toISOString(),
    processId,
    host: 'h',
  });
  test.each([
    ['running', 5, true, 'running'],
    ['running', 5, false, 'interrupted'],
    ['running', 5, undefined, 'running'],
    ['paused', 120, undefined, 'interrupted'],
    ['warming', 120, true, 'warming'],
    ['finishing', 3_600, true, 'interrupted'],
    ['queued', 3_600, false, 'queued'],
    ['done', 3_600, false, 'done'],
    ['stopped', 3_600, false, 'stopped'],
    ['failed', 3_600, false, 'failed'],
  ] as const)('%s, silent for %d s, process there: %s → %s', (status, silent, alive, told) => {
    expect(effectiveStatus(run(status, silent), now, () => alive)).toBe(told);
  });
  test('without a process or a heartbeat the age of the status decides', () => {
    const never = { ...run('preflight', 0, null), heartbeatAt: null };
    expect(effectiveStatus(never, now, () => true)).toBe('interrupted');
    expect(effectiveStatus(never, Date.parse(never.statusAt) + 1_000, () => true)).toBe('preflight');
  });
  test('a process is there, gone, or out of sight', () => {
    expect(isProcessAlive(process.pid, hostname())).toBe(true);
    expect(isProcessAlive(2 ** 30, hostname())).toBe(false);
    expect(isProcessAlive(process.pid, 'elsewhere.invalid')).toBeUndefined();
  });
});

test('a pack and its file appear together or not at all', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id: datasetId } = addDataset(library);
  const temporaryFile = join(library.folder, 'packs', '.new.tmp');
  const record = (): number =>
    library.transaction(() => {
      const pack = library.packs.record(packOf(datasetId, { imageIds: [5, 3, 70_000] }));
      renameSync(temporaryFile, library.packPath(pack.id));
      return pack.id;
    });
  expect(record).toThrow('ENOENT');
  expect(library.packs.list()).toEqual([]);
  writeFileSync(temporaryFile, 'pixels');
  const id = record();
  expect(existsSync(library.packPath(id))).toBe(true);
  expect(library.packs.get(id)).toMatchObject({
    path: `packs/${id}.pack`,
    imageCount: 3,
    preprocessing: { widthPx: 55, heightPx: 35 },
  });
  expect([...library.packs.imageIds(id)]).toEqual([5, 3, 70_000]);
});

test('a pack is found by what it was made of; making it again keeps its id', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const { id: datasetId } = addDataset(library);
  const first = library.packs.record(packOf(datasetId));
  library.packs.record(packOf(datasetId, { split: 'test' }));
  const again = library.packs.record(packOf(datasetId, { imageIds: [1] }));
  expect(again.id).toBe(first.id);
  expect(library.packs.find(datasetId, 'train', first.preprocessingHash)).toEqual(again);
  expect(library.packs.find(datasetId, 'all', first.preprocessingHash)).toBeUndefined();
  expect(errorOf(() => library.packs.imageIds(99)).code).toBe('not-found');
});
