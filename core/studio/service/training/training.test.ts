import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';
import { addEyes } from '../../../../test/support/studio.ts';
import { presetNamed } from '../../../../test/reference/cases.ts';
import { operationOf, type InputOf, type OperationName, type OutputOf } from '../../../contract/contract.ts';
import { askSchema, dialSchema } from '../../../contract/operations/results.ts';
import { preflightSchema } from '../../../contract/operations/runs.ts';
import {
  curvesUrl,
  differenceUrl,
  historyUrl,
  preparedUrl,
  previewUrl,
  refinedUrl,
  reportUrl,
} from '../../../contract/picture-urls.ts';
import { decodeImage } from '../../../datasets/pixels/decode.ts';

/** Workers that start, on a machine that may be busy. */
const PATIENCE_MS = 60_000;

const IMAGES = 24;
/** Small, and quick to learn, so that a change can be seen after its few steps. */
const config = { ...presetNamed('test'), widthPx: 28, heightPx: 18, refinerLearningRate: 0.02 };
const size = { widthPx: config.widthPx, heightPx: config.heightPx };

let opened: OpenStudio;
let runId: number;
/** Of the last checkpoint. */
const step = config.steps;
beforeAll(async () => {
  opened = await openStudio({ fill: (library) => addEyes(library, IMAGES) });
  await opened.client.settings.set({ engine: 'wasm', threads: 1 });
  ({ runId } = await call('runs.start', await order({ name: 'first' })));
  await trained(runId);
  await done(await call('refine.start', { runId, step }));
}, PATIENCE_MS);
afterAll(() => opened[Symbol.asyncDispose]());

/** Calls an operation; what comes out is checked against the contract. */
async function call<Name extends OperationName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
  return operationOf(name).output.parse(await opened.studio.call(name, input)) as OutputOf<Name>;
}

async function order(changes: Partial<InputOf<'runs.start'>> = {}): Promise<InputOf<'runs.start'>> {
  const datasets = await call('datasets.list', {});
  const idOf = (role: string): number => datasets.find((one) => one.role === role)?.id ?? 0;
  return {
    name: null,
    config,
    syntheticDatasetId: idOf('synthetic'),
    realDatasetId: idOf('real'),
    preprocessing: null,
    engine: 'wasm',
    threads: 1,
    ...changes,
  };
}

/** Waits until a run has ended. */
async function trained(id: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = opened.studio.subscribe((event) => {
      if (event.type !== 'run' || event.run.id !== id || event.run.finishedAt === null) return;
      stop();
      resolve();
    });
    void call('runs.get', { id }).then((run) => {
      if (run.finishedAt !== null) resolve();
    });
  });
}

async function done(started: { readonly jobId: number }): Promise<unknown> {
  const job = await opened.ended(started);
  expect(job.failure).toBeNull();
  expect(job.status).toBe('done');
  return job.result;
}

async function picture(url: string) {
  const { status, type, body } = await opened.studio.resource(url);
  expect([status, type]).toEqual([200, 'image/png']);
  return await decodeImage(body, url);
}

const refusal = (code: string): unknown => expect.objectContaining({ code });

describe('a run', { timeout: PATIENCE_MS }, () => {
  test('is listed with its data, readings, verdict and time', async () => {
    const [run] = await call('runs.list', {});
    expect(run).toMatchObject({ id: runId, name: 'first', status: 'done', step, engine: 'wasm', config });
    expect(run).toEqual(await call('runs.get', { id: runId }));
    const { syntheticDatasetId, realDatasetId } = await order();
    expect([run.syntheticDatasetId, run.realDatasetId]).toEqual([syntheticDatasetId, realDatasetId]);
    expect(run.verdict).toMatch(/the refiner changes/i);
    expect(run.metrics['refiner.change']).toBeGreaterThan(0);
    await expect(call('runs.get', { id: 99 })).rejects.toEqual(refusal('not-found'));
  });

  test('tells its curves, its events and its story', async () => {
    const curves = await call('runs.metrics', {
      id: runId,
      names: null,
      fromStep: 1,
      toStep: null,
      maxPoints: 4,
    });
    const loss = curves.find(({ name }) => name === 'discriminator.loss');
    expect(loss).toMatchObject({ bucketSteps: 2, steps: [1, 3, 5, 7], nonFinite: 0 });
    const story = await call('runs.narration', { id: runId });
    expect(story[0].text).toMatch(/^The refiner changes .* grey levels; .*% right\)\.$/);
    expect(story.at(-1)).toEqual({ step, text: 'It is done.' });
    expect((await call('runs.events', { id: runId })).map(({ kind }) => kind)).not.toContain('order');
  });

  test('shows its strip, and every picture of it', async () => {
    const { samples, imageIds, steps, ...pixels } = await call('runs.previews', { id: runId });
    expect(pixels).toEqual(size);
    expect([samples, imageIds.length]).toEqual([config.previewSamples, config.previewSamples]);
    const last = steps.at(-1);
    expect(last?.step).toBe(step);
    expect(last?.kinds).toEqual(['synthetic', 'refined', 'difference', 'patches', 'nearest-real']);
    const strip = await picture(previewUrl(runId, step, 'synthetic'));
    expect(strip.widthPx).toBe(samples * size.widthPx);
    const first = await picture(preparedUrl(runId, imageIds[0]));
    const cell = first.pixels.map(
      (_, at) => strip.pixels[Math.floor(at / size.widthPx) * strip.widthPx + (at % size.widthPx)],
    );
    expect(cell).toEqual(first.pixels);
  });

  test('keeps what is said of it, and does not take commands any more', async () => {
    await call('runs.update', { id: runId, notes: 'good', tags: ['eye'], archived: true });
    expect(await call('runs.get', { id: runId })).toMatchObject({
      notes: 'good',
      tags: ['eye'],
      archived: true,
    });
    await call('runs.update', { id: runId, archived: false });
    const stop = { kind: 'stop' } as const;
    await expect(call('runs.command', { id: runId, command: stop })).rejects.toEqual(refusal('bad-usage'));
    await expect(call('runs.dequeue', { id: runId })).rejects.toEqual(refusal('bad-usage'));
    await expect(call('runs.start', await order({ name: 'first' }))).rejects.toEqual(refusal('busy'));
  });

  test('lets its history buffer be looked into', async () => {
    const view = await call('history.view', { runId, step: null });
    expect(view).toMatchObject({ runId, step, capacity: config.historyCapacity, lastStep: step });
    expect(view.images).toHaveLength(config.historyCapacity);
    expect(await picture(historyUrl(runId, step, view.images[3].slot))).toMatchObject(size);
    const entered = await call('history.entered', { runId, step });
    expect(entered).toHaveLength((config.batchSize / 2) * config.kd);
    const newest = view.images.filter(({ enteredStep }) => enteredStep === step).map(({ slot }) => slot);
    expect(newest.every((slot) => entered.some((entry) => entry.slot === slot))).toBe(true);
  });

  test('gives its curves as a table', async () => {
    const { status, type, body } = await opened.studio.resource(curvesUrl(runId));
    expect([status, type]).toEqual([200, 'text/csv; charset=utf-8']);
    const [head, ...rows] = Buffer.from(body).toString().trim().split('\n');
    expect(head.split(',').slice(0, 2)).toEqual(['step', 'refiner.regularization']);
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('what was refined', { timeout: PATIENCE_MS }, () => {
  test('is summed up, sorted and read in parts', async () => {
    const [summary] = await call('refine.summaries', { runId });
    expect(summary).toMatchObject({ runId, step, count: IMAGES, budgetPx: config.driftBudget });
    const { listing, count } = await call('refine.open', { runId, step, by: 'change', descending: true });
    expect(count).toBe(IMAGES);
    const parts = [
      ...(await call('refine.window', { listing, from: 0, count: 10 })),
      ...(await call('refine.window', { listing, from: 10, count: 100 })),
    ];
    const changes = parts.map(({ meanAbsChange }) => meanAbsChange);
    expect(changes).toEqual(changes.toSorted((left, right) => right - left));
    expect(new Set(parts.map(({ imageId }) => imageId)).size).toBe(IMAGES);
    expect(parts[0]).toMatchObject({ ...size, alpha: 1, labelNet: null });
    expect(parts[0].annotations.map(({ kind }) => kind).toSorted()).toEqual(['gaze', 'keypoints']);
    const byYaw = await call('refine.open', { runId, step, by: 'yaw', descending: false });
    const yaws = (await call('refine.window', { listing: byYaw.listing, from: 0, count: 100 })).map(
      ({ annotations }) => annotations.flatMap((one) => (one.kind === 'gaze' ? [one.yawRad] : []))[0],
    );
    expect(yaws).toEqual(yaws.toSorted((left, right) => left - right));
    await expect(call('refine.window', { listing: 'gone', from: 0, count: 1 })).rejects.toEqual(
      refusal('not-found'),
    );
  });

  test('is shown at the dial that is asked for, also at a checkpoint that refined nothing', async () => {
    const { imageIds } = await call('runs.previews', { id: runId });
    const [synthetic, full, none, half, difference] = await Promise.all([
      picture(preparedUrl(runId, imageIds[1])),
      picture(refinedUrl(runId, step, imageIds[1])),
      picture(refinedUrl(runId, step, imageIds[1], 0)),
      picture(refinedUrl(runId, step, imageIds[1], 0.5)),
      picture(differenceUrl(runId, step, imageIds[1], 4)),
    ]);
    expect(none.pixels).toEqual(synthetic.pixels);
    expect(full.pixels).not.toEqual(synthetic.pixels);
    half.pixels.forEach((value, at) => {
      expect(Math.abs(value - (synthetic.pixels[at] + full.pixels[at]) / 2)).toBeLessThanOrEqual(0.5);
    });
    expect(difference).toMatchObject({ ...size, channels: 3 });
    const earlier = await picture(refinedUrl(runId, 4, imageIds[1]));
    expect(earlier).toMatchObject(size);
    expect(earlier.pixels).not.toEqual(full.pixels);
  });

  test('finds the real images most like it, at any checkpoint and α', async () => {
    const { imageIds } = await call('runs.previews', { id: runId });
    const asked = { runId, step, imageId: imageIds[1], alpha: 1, keepPupil: false, most: 5 };
    const near = await call('inspect.nearestReal', asked);
    // Those that are kept aside for measuring are in no pack.
    expect(near.images).toHaveLength(5);
    expect(near.compared).toBe(near.of);
    expect(near.of).toBeLessThanOrEqual(IMAGES);
    const likeness = near.images.map((one) => one.likeness);
    expect(likeness).toEqual(likeness.toSorted((left, right) => right - left));
    expect(Math.abs(near.usualLikeness ?? 0)).toBeLessThan(1);
    for (const { imageId, path } of near.images) {
      expect(path).toMatch(/\.png$/);
      expect(await picture(preparedUrl(runId, imageId))).toMatchObject(size);
    }
    // The strip shows the same one.
    const strip = await picture(previewUrl(runId, step, 'nearest-real'));
    const first = await picture(preparedUrl(runId, near.images[0].imageId));
    const cell = first.pixels.map(
      (_, at) =>
        strip.pixels[Math.floor(at / size.widthPx) * strip.widthPx + size.widthPx + (at % size.widthPx)],
    );
    expect(cell).toEqual(first.pixels);
    const earlier = await call('inspect.nearestReal', { ...asked, step: 4, alpha: 0 });
    expect(earlier.images[0].likeness).not.toBe(near.images[0].likeness);
    await expect(call('inspect.nearestReal', { ...asked, imageId: 99_999 })).rejects.toEqual(
      refusal('not-found'),
    );
  });

  test('is judged patch by patch as it was when it was refined', async () => {
    const { listing } = await call('refine.open', { runId, step, by: 'score', descending: true });
    const [image] = await call('refine.window', { listing, from: 0, count: 1 });
    const map = await call('inspect.patchMap', { runId, step, imageId: image.imageId, of: 'refined' });
    expect([map.widthCells, map.heightCells]).toEqual([7, 5]);
    const all = map.probabilities.flat();
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    // Its pixels were rounded to 8 bit since.
    expect(mean).toBeCloseTo(image.discriminatorScore, 2);

    const asked = { runId, step, imageId: image.imageId, column: 3, row: 2 };
    const answer = askSchema.parse(await done(await call('inspect.ask', asked)));
    expect(answer.probability).toBeCloseTo(map.probabilities[2][3], 4);
    expect(answer.box).toEqual({ x: 12, y: 6, width: 7, height: 7 });
    expect(answer.wholeProbability).toBeCloseTo(mean, 4);
    expect(answer.step.change.map((row) => row.length)).toEqual(Array.from({ length: 7 }, () => 7));
    expect(answer.synthetic.map(({ imageId }) => imageId)).not.toContain(image.imageId);
    const distances = answer.real.map(({ distance }) => distance);
    expect(distances).toEqual(distances.toSorted((left, right) => left - right));
    expect(answer.step.probability).toBeLessThan(answer.probability);
    const shares = Object.values(answer.step.shares);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    const effects = answer.edits.map(({ effect }) => effect);
    expect(effects).toEqual(effects.toSorted((left, right) => left - right));
    expect(new Set(answer.edits.map(({ edit }) => edit)).size).toBe(12);
    for (const { effect, probability, changeGrey } of answer.edits) {
      expect(Math.sign(effect)).toBe(Math.sign(probability - answer.probability));
      expect(changeGrey).toBeLessThan(16.01);
    }
    expect(answer.looks.real?.contrast).toBeGreaterThan(0);
  });
});

describe('the Turing test', { timeout: PATIENCE_MS }, () => {
  test('shows real and refined images blind, and says what the answers are worth', async () => {
    let trial: OutputOf<'turing.start'> | null = await call('turing.start', {
      ...{ runId, step, trials: 10, rater: 'me' },
    });
    const { session } = trial;
    expect(trial).toMatchObject({ trial: 0, total: 11 });
    while (trial) {
      expect(trial.pictureUrl).toBe(`/pictures/turing/${session}/${trial.trial}`);
      expect(await picture(trial.pictureUrl)).toMatchObject(size);
      const { next }: OutputOf<'turing.answer'> = await call('turing.answer', {
        ...{ session, trial: trial.trial, answer: 'refined' },
      });
      trial = next;
    }
    const result = await call('turing.result', { session });
    expect(result).toMatchObject({ trials: 10, correct: 5, accuracy: 0.5, catchTrials: 1, catchCorrect: 1 });
    expect(result.pValue).toBeCloseTo(638 / 1024, 9);
    expect(await call('turing.list', { runId })).toEqual([result]);
    const tooMany = { runId, step, trials: 100, rater: 'me' };
    await expect(call('turing.start', tooMany)).rejects.toEqual(refusal('bad-usage'));
  });
});

describe('measuring and leaving', { timeout: PATIENCE_MS }, () => {
  test('an evaluation has rows for the baselines and a report', async () => {
    await done(await call('evaluate.start', { runId, step }));
    const [evaluation] = await call('evaluate.list', { runId });
    expect(evaluation).toMatchObject({ runId, step, run: 'first' });
    const told = evaluation.rows.find(({ measure }) => measure === 'told from real');
    expect(told?.values.map(({ of }) => of)).toEqual([
      'synthetic',
      'histogram match',
      'blur + noise',
      'both',
      'refined',
      'real',
    ]);
    expect(
      told?.values.every(
        ({ value, low, high }) => (low ?? 0) <= (value ?? -1) && (value ?? 101) <= (high ?? 0),
      ),
    ).toBe(true);
    const histogram = evaluation.rows.find(({ measure }) => measure === 'histogram distance');
    const distanceOf = (of: string) => histogram?.values.find((value) => value.of === of)?.value ?? Infinity;
    expect(distanceOf('histogram match')).toBeLessThan(distanceOf('synthetic'));
    const { tone, noise, structure } = evaluation.breakdown ?? { tone: 0, noise: 0, structure: 0 };
    expect(tone + noise + structure).toBeCloseTo(1, 6);
    const { status, type, body } = await opened.studio.resource(reportUrl(runId, step));
    expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
    expect(Buffer.from(body).toString()).toContain('Refined');
  });

  test('the dial is measured, set, and honoured by what is exported', async () => {
    const dial = dialSchema.parse(await done(await call('inspect.measureDial', { runId, step, images: 8 })));
    expect(await call('inspect.dial', { runId, step })).toEqual(dial);
    expect(dial.points.map(({ alpha }) => alpha)).toEqual(Array.from({ length: 16 }, (_, at) => at / 10));
    expect(dial.points[0].changeGrey).toBe(0);
    expect(dial.points[0].driftP95Px).toBeCloseTo(0, 9);
    expect(dial.points[10].changeGrey).toBeGreaterThan(dial.points[5].changeGrey);
    expect(await call('inspect.dial', { runId, step: 4 })).toBeNull();

    await call('inspect.setAlpha', { runId, step, alpha: 0.5, keepPupil: true });
    const [renewing] = (await call('jobs.list', {})).filter(
      ({ kind, status }) => kind === 'dial' && status !== 'done',
    );
    await done({ jobId: renewing.id });
    const { listing } = await call('refine.open', { runId, step, by: 'id', descending: false });
    const images = await call('refine.window', { listing, from: 0, count: IMAGES });
    expect(images.every(({ alpha }) => alpha === 0.5)).toBe(true);

    const request = {
      runId,
      step,
      formats: ['jsonl' as const],
      driftBudgetPx: null,
      includeUnverified: true,
    };
    const preview = await call('export.preview', request);
    expect(preview).toMatchObject({
      images: IMAGES,
      heldBack: { overBudget: 0, unverified: 0, excluded: 0 },
    });
    expect(preview.commandLine).toContain(`--run first --step ${step} --format jsonl --drift-budget off`);
    const folder = join(opened.folder, 'out');
    await done(await call('export.start', { ...request, folder }));
    const [exported] = await call('export.list', {});
    expect(exported).toMatchObject({ runId, step, folder, run: 'first', images: IMAGES });
    const lines = readFileSync(join(folder, 'manifest.jsonl'), 'utf8').trim().split('\n');
    const entry = JSON.parse(lines[0]) as { path: string; id: number; change: { alpha: number } };
    expect(entry.change.alpha).toBe(0.5);
    const file = await decodeImage(join(folder, entry.path), entry.path);
    const shown = await picture(refinedUrl(runId, step, entry.id, 0.5, true));
    expect(file.pixels).toEqual(shown.pixels);
    const report = (await done(await call('export.verify', { folder }))) as { isIntact: boolean };
    expect(report.isIntact).toBe(true);
  });

  test('what is refined after the dial was set is measured as it is set; of several settings the last one counts', async () => {
    const window = async () => {
      const { listing } = await call('refine.open', { runId, step: 0, by: 'id', descending: false });
      return await call('refine.window', { listing, from: 0, count: IMAGES });
    };
    await call('inspect.setAlpha', { runId, step: 0, alpha: 0.5, keepPupil: false });
    await done(await call('refine.start', { runId, step: 0 }));
    const half = await window();
    expect(half.every(({ alpha, driftPx }) => alpha === 0.5 && driftPx !== null)).toBe(true);
    for (const alpha of [0.2, 1.3, 1])
      await call('inspect.setAlpha', { runId, step: 0, alpha, keepPupil: false });
    expect((await window()).every(({ driftPx }) => driftPx === null)).toBe(true);
    const renewals = (await call('jobs.list', {})).filter(({ title }) => title.includes('step 0, with α'));
    const ended = await Promise.all(renewals.map(({ id }) => opened.ended({ jobId: id })));
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['cancelled', 'cancelled', 'done']);
    (await window()).forEach(({ alpha, driftPx, meanAbsChange }, index) => {
      expect(alpha).toBe(1);
      expect(driftPx).not.toBeNull();
      // Both were rounded to 8 bit, but the whole change only once.
      expect(meanAbsChange).toBeCloseTo(2 * half[index].meanAbsChange, 0);
    });
  });

  test('before training the data are looked at and steps are timed', async () => {
    const started = await call('runs.preflight', await order({ config: { ...config, steps: 1000 } }));
    const preflight = preflightSchema.parse(await done(started));
    expect(preflight.engine).toMatch(/^wasm on/);
    expect(preflight.secondsPerStep).toBeGreaterThan(0);
    expect(preflight.secondsTotal).toBeGreaterThan(1000 * preflight.secondsPerStep);
    expect(preflight.checks.map(({ level }) => level)).not.toContain('problem');
    const impossible = await order({ config: { ...config, batchSize: 64, historyCapacity: 64 } });
    const refused = preflightSchema.parse(await done(await call('runs.preflight', impossible)));
    expect(refused.checks.filter(({ level }) => level === 'problem').map(({ text }) => text)).toEqual([
      expect.stringContaining('A batch of 64 is larger.'),
      expect.stringContaining('A batch of 64 is larger.'),
    ]);
    expect(await call('runs.list', {})).toHaveLength(1);
  });
});

describe('order in the house', { timeout: PATIENCE_MS }, () => {
  test('a branch goes on from a checkpoint with the strip of its parent', async () => {
    const changes = { steps: null, settings: { lambda: 0.5 } };
    await done(await call('runs.branch', { id: runId, step: 4, name: 'branch', ...changes }));
    const branch = (await call('runs.list', {})).find(({ name }) => name === 'branch');
    expect(branch).toMatchObject({ status: 'done', parent: { runId, step: 4 }, config: { lambda: 0.5 } });
    const strip = async (id: number) => (await call('runs.previews', { id })).imageIds;
    expect(await strip(branch?.id ?? 0)).toEqual(await strip(runId));
    const story = await call('runs.narration', { id: branch?.id ?? 0 });
    expect(story.map(({ text }) => text)).toContain('It starts from step 4 of first.');
    expect(story.map(({ text }) => text)).toContain('λ is now 0.5.');
  });

  test('cleaning up keeps the newest checkpoint, pinned ones, and those that refined', async () => {
    await call('checkpoints.pin', { runId, step: 0, on: true });
    const before = await call('runs.diskUse', { id: runId });
    const middle = (await call('checkpoints.list', { runId })).find((one) => one.step === 4);
    expect(await call('runs.cleanUp', { id: runId })).toEqual({ removed: 1, bytes: middle?.bytes });
    const kept = await call('checkpoints.list', { runId });
    expect(kept.map((one) => [one.step, one.pinned])).toEqual([
      [0, true],
      [8, false],
    ]);
    const after = await call('runs.diskUse', { id: runId });
    expect(before.checkpoints - after.checkpoints).toBe(middle?.bytes);
    expect(after.refined).toBeGreaterThan(IMAGES * size.widthPx * size.heightPx);
    expect({ ...after, checkpoints: before.checkpoints }).toEqual(before);
  });

  test('what is in the trash can be taken back, and goes when it is emptied, but for what something was made from', async () => {
    const branch = (await call('runs.list', {})).find(({ name }) => name === 'branch');
    const id = branch?.id ?? 0;
    await call('runs.update', { id: runId, trashed: true });
    await expect(call('runs.emptyTrash', {})).rejects.toEqual(refusal('busy'));
    await call('runs.update', { id, trashed: true });
    expect(await call('runs.get', { id })).toMatchObject({ trashed: true });
    const { runs, bytes } = await call('runs.emptyTrash', {});
    expect(runs).toBe(1);
    expect(bytes).toBeGreaterThan(0);
    expect(existsSync(join(opened.libraryFolder, 'runs', String(id)))).toBe(false);
    // Images were exported from it.
    expect((await call('runs.list', {})).map((run) => [run.name, run.trashed])).toEqual([['first', true]]);
    await call('runs.update', { id: runId, trashed: false });
    expect(await call('runs.get', { id: runId })).toMatchObject({ trashed: false });
  });

  test('presets of one’s own are kept on this computer', async () => {
    const mine = { ...config, lambda: 0.3 };
    await call('runs.savePreset', { title: 'Mine', config: { ...mine, lambda: 0.7 } });
    await call('runs.savePreset', { title: 'Mine', config: mine });
    const own = (await call('runs.presets', {})).filter((preset) => preset.own);
    expect(own).toEqual([{ name: 'own:Mine', title: 'Mine', config: mine, own: true }]);
    await call('runs.removePreset', { name: 'own:Mine' });
    await expect(call('runs.removePreset', { name: 'test' })).rejects.toEqual(refusal('not-found'));
  });
});
