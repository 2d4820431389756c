import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { presetNamed } from '../../../test/reference/cases.ts';
import type { Library } from '../../library/library.ts';
import { addRun, temporaryLibrary } from '../../library/temporary-library.ts';
import { createRunRecorder } from './run-recorder.ts';

const config = presetNamed('test');

function recorderOf(library: Library) {
  const run = library.runs.latest() ?? addRun(library);
  const recorder = createRunRecorder(library, run.id, config, Int32Array.of(1, 2, 3));
  const path = join(library.runFolder(run.id), 'checkpoints', '000000003.safetensors');
  const saved = (content: string) => ({ path, sha256: content.repeat(64), bytes: 10 });
  return { run, recorder, saved };
}

describe('a change of the configuration', () => {
  test('is on record from the moment at which the checkpoint that holds it is', () => {
    using temporary = temporaryLibrary();
    const { library } = temporary;
    const { run, recorder, saved } = recorderOf(library);
    const changed = { ...config, lambda: 7 };
    recorder.change(changed);
    recorder.flush();
    expect(library.runEvents.list(run.id, 'change')).toEqual([]);
    expect(library.runs.get(run.id)?.config).not.toEqual(changed);
    recorder.checkpoint(3, saved('a'), undefined);
    expect(library.runEvents.list(run.id, 'change')).toMatchObject([{ step: 3, content: changed }]);
    expect(library.runs.get(run.id)?.config).toEqual(changed);
    recorder.checkpoint(4, saved('b'), undefined);
    expect(library.runEvents.list(run.id, 'change')).toHaveLength(1);
  });

  test('leaves the checkpoint that is written again with it the scores of its weights', () => {
    using temporary = temporaryLibrary();
    const { run, recorder, saved } = recorderOf(temporary.library);
    recorder.checkpoint(3, saved('a'), { metrics: { 'labels.driftP95': 1.5 }, score: 0.8 });
    recorder.change({ ...config, lambda: 7 });
    recorder.checkpoint(3, saved('b'), undefined);
    expect(temporary.library.checkpoints.get(run.id, 3)).toMatchObject({
      sha256: 'b'.repeat(64),
      scores: { score: 0.8, drift: 1.5 },
    });
  });
});

test('a resumed run is at its own step, and does not tell its verdict again', () => {
  using temporary = temporaryLibrary();
  const { library } = temporary;
  const first = recorderOf(library);
  first.recorder.step(3);
  first.recorder.metrics(3, { 'refiner.change': 12 });
  first.recorder.checkpoint(3, first.saved('a'), undefined);
  const verdicts = library.runEvents.list(first.run.id, 'verdict');
  expect(verdicts).toHaveLength(1);
  const second = recorderOf(library);
  second.recorder.flush();
  expect(library.runs.get(first.run.id)?.step).toBe(3);
  second.recorder.checkpoint(3, second.saved('a'), undefined);
  expect(library.runEvents.list(first.run.id, 'verdict')).toEqual(verdicts);
});
