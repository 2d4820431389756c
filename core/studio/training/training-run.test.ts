import { createHash } from 'node:crypto';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { presetNamed } from '../../../test/reference/cases.ts';
import { createEyeLibrary } from '../../../test/support/eye-library.ts';
import { fingerprintOfRun, temporaryFiles } from '../../../test/support/fingerprint.ts';
import { readSafeTensors, writeSafeTensors } from '../../base/safetensors.ts';
import type { TrainingCommand } from '../../contract/training-command.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import { openEngine, type Engine } from '../../engine/engine.ts';
import { openLibrary, type Library } from '../../library/library.ts';
import { checkpointPath } from '../../simgan/checkpoint.ts';
import { sendCommand } from './control-inbox.ts';
import { refinedFolder } from '../refine/refined-files.ts';
import { refineRun } from '../refine/refinement.ts';
import { findCheckpoint, findRun } from '../runs/runs.ts';
import { findDataset, preprocessingFor } from './training-data.ts';
import { branchTraining, resumeTraining, startTraining } from './training-run.ts';
import type { TrainingHooks } from './execute-training.ts';

/** Two updates of pre-training of each network, then 8 steps; checkpoints at 0, 3 and 6, previews, and at the end. */
const config: TrainingConfig = {
  ...presetNamed('test'),
  ...{ widthPx: 20, heightPx: 16, steps: 8, checkpointEvery: 3, previewEvery: 3, historyCapacity: 12 },
};

let engine: Engine;
let folder: string;
/** A library without runs, and one with a run that was never interrupted. */
let pristine: string;
let twin: Library;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'simgan-training-run-'));
  pristine = join(folder, 'pristine.simgan');
  (await createEyeLibrary(pristine, 16)).close();
  twin = openLibrary(copyOf(pristine), { access: 'write' });
  await start(twin);
});
afterAll(async () => {
  twin.close();
  engine.dispose();
  await rm(folder, { recursive: true });
});

/** Steps that are done, for a test that acts on the way. */
function hooksOn(act: (done: number) => void = () => undefined): TrainingHooks {
  return {
    signal: new AbortController().signal,
    onNote: () => undefined,
    onProgress: ({ label, done }) => {
      if (label === 'Training') act(done);
    },
  };
}

function start(library: Library, hooks = hooksOn(), settings: Partial<TrainingConfig> = {}) {
  return startTraining(
    library,
    engine,
    {
      config: { ...config, ...settings },
      synthetic: findDataset(library, 'synthetic', undefined),
      real: findDataset(library, 'real', undefined),
      preprocessing: preprocessingFor(config, 'none', undefined),
    },
    hooks,
  );
}

let copies = 0;
/**
 * A copy of a library as it is now. Of one that is being trained in, it is what a kill at this instant would leave;
 * only its lock is taken off, since this very process holds it.
 */
function copyOf(library: string): string {
  const copy = join(folder, `copy-${copies++}.simgan`);
  cpSync(library, copy, { recursive: true });
  rmSync(join(copy, 'library.lock'), { force: true });
  return copy;
}

/** A library in which a training was killed after so many pieces of work. */
async function killedAfter(done: number, settings: Partial<TrainingConfig> = {}): Promise<Library> {
  using library = openLibrary(copyOf(pristine), { access: 'write' });
  let copy = '';
  await start(
    library,
    hooksOn((now) => {
      if (now === done) copy = copyOf(library.folder);
    }),
    settings,
  );
  return openLibrary(copy, { access: 'write' });
}

const noChange = { steps: undefined, settings: {} };

describe('a killed run that is resumed is its twin', () => {
  // 4 pieces of pre-training come before step 1; checkpoints are those of the steps −3, 0, 3, 6 and 8.
  test.each([
    ['in pre-training', 3],
    ['before a checkpoint was due', 9],
    ['at the last step', 12],
  ])('killed %s', async (_, done) => {
    using library = await killedAfter(done);
    expect(findRun(library, 'last').status).toBe('running');
    const run = await resumeTraining(library, engine, findRun(library, 'last'), noChange, hooksOn());
    expect(run).toMatchObject({ status: 'done', step: 8 });
    expect(await fingerprintOfRun(library, run)).toEqual(await fingerprintOfRun(twin, findRun(twin, 'last')));
    expect(temporaryFiles(library.folder)).toEqual(['library.lock']);
  });

  test('killed before its first checkpoint, it starts again', async () => {
    const settings = { checkpointEvery: 100 };
    using through = openLibrary(copyOf(pristine), { access: 'write' });
    const expected = await fingerprintOfRun(through, await start(through, hooksOn(), settings));
    using library = await killedAfter(7, settings);
    const run = await resumeTraining(library, engine, findRun(library, 'last'), noChange, hooksOn());
    expect(await fingerprintOfRun(library, run)).toEqual(expected);
  });

  test('killed between its last checkpoint and its end, it ends', async () => {
    using library = openLibrary(copyOf(twin.folder), { access: 'write' });
    library.runs.setStatus(1, 'running');
    const run = await resumeTraining(library, engine, findRun(library, 'last'), noChange, hooksOn());
    expect(await fingerprintOfRun(library, run)).toEqual(await fingerprintOfRun(twin, findRun(twin, 'last')));
    await expect(resumeTraining(library, engine, run, noChange, hooksOn())).rejects.toThrow(
      'run 1 has all its 8 steps.',
    );
  });

  test('one whose process has another’s number now is resumed, too', async () => {
    using library = await killedAfter(9);
    // This process is alive, and it is the one on record.
    expect(findRun(library, 'last').processId).toBe(process.pid);
    await expect(
      resumeTraining(library, engine, findRun(library, 'last'), noChange, hooksOn()),
    ).resolves.toMatchObject({ status: 'done' });
  });
});

describe('settings that are given when a run goes on', () => {
  const changed = { steps: 10, settings: { lambda: 4, kg: 2 } };

  test('survive a kill before the next checkpoint', async () => {
    const library = openLibrary(copyOf(twin.folder), { access: 'write' });
    let copy = '';
    const through = await resumeTraining(
      library,
      engine,
      findRun(library, 'last'),
      changed,
      hooksOn((done) => {
        if (done === 13) copy = copyOf(library.folder);
      }),
    );
    const expected = await fingerprintOfRun(library, through);
    library.close();
    using killed = openLibrary(copy, { access: 'write' });
    const resumed = await resumeTraining(killed, engine, findRun(killed, 'last'), noChange, hooksOn());
    expect(resumed).toMatchObject({ status: 'done', step: 10, config: { ...changed.settings, steps: 10 } });
    expect(await fingerprintOfRun(killed, resumed)).toEqual(expected);
    expect(killed.runEvents.list(resumed.id, 'change')).toMatchObject([
      { step: 8, content: { ...changed.settings, steps: 10, configVersion: config.configVersion } },
    ]);
  });

  test('survive it in a branch, and are those that a branch of the branch starts with', async () => {
    const library = openLibrary(copyOf(twin.folder), { access: 'write' });
    let copy = '';
    const options = { ...changed, name: 'branch' };
    const parent = findRun(library, 'run 1');
    const through = await branchTraining(
      library,
      engine,
      parent,
      3,
      options,
      hooksOn((done) => {
        if (done === 8) copy = copyOf(library.folder);
      }),
    );
    const expected = await fingerprintOfRun(library, through);
    library.close();
    using killed = openLibrary(copy, { access: 'write' });
    const resumed = await resumeTraining(killed, engine, findRun(killed, 'branch'), noChange, hooksOn());
    expect(await fingerprintOfRun(killed, resumed)).toEqual(expected);
    const again = { ...noChange, name: 'branch of the branch' };
    const child = await branchTraining(killed, engine, resumed, 3, again, hooksOn());
    expect(child.config).toEqual(resumed.config);
    expect(killed.checkpoints.latest(child.id)?.sha256).toBe(killed.checkpoints.latest(resumed.id)?.sha256);
  });
});

test.each([-3, 0, 3, 6])('a branch from step %i without changes is its parent', async (step) => {
  using library = openLibrary(copyOf(twin.folder), { access: 'write' });
  const parent = findRun(library, 'run 1');
  const options = { ...noChange, name: undefined };
  const branch = await branchTraining(library, engine, parent, step, options, hooksOn());
  const ofParent = await fingerprintOfRun(library, parent);
  const ofBranch = await fingerprintOfRun(library, branch);
  for (const checkpoint of library.checkpoints.list(branch.id)) {
    for (const name of ['checkpoint', 'history on record at step', 'history on disk at step']) {
      const part = `${name} ${checkpoint.step}`;
      expect(ofBranch.get(part), part).toBe(ofParent.get(part));
    }
  }
  for (const name of library.runMetrics.names(branch.id).filter((metric) => !metric.startsWith('time.'))) {
    const from = { fromStep: step + 1 };
    expect(library.runMetrics.series(branch.id, name)).toEqual(
      library.runMetrics.series(parent.id, name, from),
    );
  }
});

test('what a checkpoint refined goes when the checkpoint is made again', async () => {
  using library = openLibrary(copyOf(twin.folder), { access: 'write' });
  const run = findRun(library, 'last');
  const signal = new AbortController().signal;
  const refine = () =>
    refineRun(library, run, findCheckpoint(library, run, 8), { signal, onProgress: () => undefined });
  await refine();
  const first = [...library.refinedImages.all(run.id, 8)].map(({ sha256 }) => sha256);
  // As a rewind does it: back to an earlier checkpoint, and on with other settings.
  library.checkpoints.remove(run.id, 8);
  rmSync(join(library.runFolder(run.id), 'checkpoints', '000000008.safetensors'));
  library.runs.setStatus(run.id, 'stopped');
  const stopped = findRun(library, 'last');
  await resumeTraining(
    library,
    engine,
    stopped,
    { steps: undefined, settings: { refinerLearningRate: 0.1 } },
    hooksOn(),
  );
  expect(existsSync(refinedFolder(library, run, 8))).toBe(false);
  await expect(refine()).resolves.toMatchObject({ alreadyDone: 0, count: 16 });
  const second = [...library.refinedImages.all(run.id, 8)].map(({ sha256 }) => sha256);
  expect(second).not.toEqual(first);
});

describe('a run goes on only with what it was trained on', () => {
  test('other pixels in its pack are refused before anything is changed', async () => {
    using library = await killedAfter(9);
    const before = findRun(library, 'last');
    const [pack, other] = [1, 2].map((id) => library.packPath(id));
    cpSync(other, pack);
    const { checkpoints, runMetrics } = library;
    const metrics = runMetrics.series(before.id, 'refiner.loss').steps;
    await expect(resumeTraining(library, engine, before, noChange, hooksOn())).rejects.toThrow(
      `run 1 cannot go on from step 3: ${pack} does not hold the synthetic images that it was trained on.`,
    );
    expect(findRun(library, 'last')).toEqual(before);
    expect(checkpoints.latest(before.id)?.step).toBe(3);
    expect(runMetrics.series(before.id, 'refiner.loss').steps).toEqual(metrics);
  });

  test('another version of the program says that it is one', async () => {
    using library = await killedAfter(9);
    const run = findRun(library, 'last');
    const path = checkpointPath(library.runFolder(run.id), 3);
    const { tensors, metadata } = await readSafeTensors(path);
    const origin: unknown = JSON.parse(metadata.origin);
    const earlier = JSON.stringify({ ...Object(origin), program: '0.0.1' });
    const file = await writeSafeTensors(path, { tensors, metadata: { ...metadata, origin: earlier } });
    const sha256 = createHash('sha256').update(file).digest('hex');
    library.checkpoints.record(run.id, {
      ...{ step: 3, path: 'checkpoints/000000003.safetensors' },
      ...{ sha256, bytes: file.byteLength },
    });
    const notes: string[] = [];
    const hooks = { ...hooksOn(), onNote: (text: string) => void notes.push(text) };
    await resumeTraining(library, engine, run, noChange, hooks);
    expect(notes[0]).toMatch(
      /^Step 3 was trained by version 0\.0\.1 of this program, and this is \d.*: it goes on/,
    );
  });
});

test('a pack that is gone is told of, and made again by the next training on its images', async () => {
  using library = openLibrary(copyOf(twin.folder), { access: 'write' });
  const run = findRun(library, 'last');
  const more = { steps: 10, settings: {} };
  rmSync(library.packPath(1));
  await expect(resumeTraining(library, engine, run, more, hooksOn())).rejects.toThrow(
    `The pack ${library.packPath(1)} is not there.`,
  );
  await start(library);
  expect(await resumeTraining(library, engine, run, more, hooksOn())).toMatchObject({
    status: 'done',
    step: 10,
  });
});

test.each(['signal', 'command'])(
  'stopped by a %s while its label net still learns, a run is stopped, and begins again when it is resumed',
  async (means) => {
    using library = openLibrary(copyOf(pristine), { access: 'write' });
    const stop = new AbortController();
    let sent: Promise<void> | undefined;
    const hooks: TrainingHooks = {
      ...hooksOn(),
      signal: stop.signal,
      onProgress({ label, done }) {
        if (!label.includes('tripwire') || done === 0) return;
        if (means === 'signal') stop.abort();
        else sent ??= sendCommand(library.runFolder(findRun(library, 'last').id), { kind: 'stop' });
      },
    };
    await expect(start(library, hooks, { evaluationEvery: 4 })).rejects.toMatchObject({ code: 'cancelled' });
    await sent;
    const stopped = findRun(library, 'last');
    expect(stopped).toMatchObject({ status: 'stopped', error: null, step: 0 });
    const noEvaluation = { steps: undefined, settings: { evaluationEvery: 0 } };
    expect(await resumeTraining(library, engine, stopped, noEvaluation, hooksOn())).toMatchObject({
      status: 'done',
      step: 8,
    });
  },
);

test('paused while its label net learns, a run waits at once, and is then as if it had not been', async () => {
  const settings = { evaluationEvery: 4, steps: 8 };
  using calmLibrary = openLibrary(copyOf(pristine), { access: 'write' });
  const calm = await start(calmLibrary, hooksOn(), settings);
  using library = openLibrary(copyOf(pristine), { access: 'write' });
  const sent: Promise<void>[] = [];
  /** One after the other: of two that are written at the same time either may be found first. */
  const send = async (...commands: TrainingCommand[]): Promise<void> => {
    for (const command of commands)
      await sendCommand(library.runFolder(findRun(library, 'last').id), command);
  };
  const hooks: TrainingHooks = {
    ...hooksOn(),
    onProgress({ label, done }) {
      if (!label.includes('tripwire') || done === 0 || sent.length > 0) return;
      sent.push(send({ kind: 'checkpoint' }, { kind: 'pause' }));
    },
  };
  const training = start(library, hooks, settings);
  await expect.poll(() => library.runs.latest()?.status, { timeout: 30_000, interval: 20 }).toBe('paused');
  const { id } = findRun(library, 'last');
  expect(library.runEvents.list(id, 'paused')).toMatchObject([{ step: 0 }]);
  sent.push(send({ kind: 'resume' }));
  expect(await training).toMatchObject({ status: 'done', step: 8 });
  await Promise.all(sent);
  const saved = ({ checkpoints }: Library, runId: number) =>
    checkpoints.list(runId).map(({ step, sha256 }) => [step, sha256]);
  const calmly = saved(calmLibrary, calm.id);
  expect(saved(library, id)).toEqual(expect.arrayContaining(calmly));
  // What was asked for meanwhile was done at the first border.
  expect(saved(library, id)).toHaveLength(calmly.length + 1);
});

test('a pause shows the step that it stands at', async () => {
  using library = openLibrary(copyOf(pristine), { access: 'write' });
  const sent: Promise<void>[] = [];
  const send = (kind: 'pause' | 'resume'): void =>
    void sent.push(sendCommand(library.runFolder(findRun(library, 'last').id), { kind }));
  const training = start(
    library,
    hooksOn((done) => {
      if (done === 9) send('pause');
    }),
    { steps: 60, checkpointEvery: 1000, previewEvery: 1000 },
  );
  await expect
    .poll(() => library.runs.latest()?.status, { timeout: 30_000, interval: 20 })
    .toMatch(/paused|failed/);
  const paused = findRun(library, 'last');
  const [event] = library.runEvents.list(paused.id, 'paused');
  expect(paused.step).toBe(event.step);
  expect(library.runMetrics.series(paused.id, 'refiner.loss').steps.at(-1)).toBe(event.step);
  send('resume');
  expect((await training).step).toBe(60);
  await Promise.all(sent);
});
