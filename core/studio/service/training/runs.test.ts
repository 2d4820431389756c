import { beforeAll, describe, expect, test } from 'vitest';
import {
  PATIENCE_MS,
  config,
  refusal,
  size,
  step,
  useTrainedStudio,
} from '../../../../test/support/trained-studio.ts';
import { preflightSchema } from '../../../contract/operations/runs.ts';
import { curvesUrl, historyUrl, preparedUrl, previewUrl } from '../../../contract/picture-urls.ts';

const { opened, firstRun, call, order, done, picture } = useTrainedStudio();
let runId: number;
beforeAll(() => {
  runId = firstRun();
});

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
    const { status, type, body } = await opened().resource(curvesUrl(runId));
    expect([status, type]).toEqual([200, 'text/csv; charset=utf-8']);
    const [head, ...rows] = Buffer.from(body).toString().trim().split('\n');
    expect(head.split(',').slice(0, 2)).toEqual(['step', 'refiner.regularization']);
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('before a run', { timeout: PATIENCE_MS }, () => {
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
