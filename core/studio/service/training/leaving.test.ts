import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  IMAGES,
  PATIENCE_MS,
  refusal,
  size,
  step,
  useTrainedStudio,
} from '../../../../test/support/trained-studio.ts';
import { dialSchema } from '../../../contract/operations/results.ts';
import { refinedUrl, reportUrl } from '../../../contract/picture-urls.ts';
import { decodeImage } from '../../../datasets/pixels/decode.ts';

const { opened, firstRun, call, done, picture } = useTrainedStudio();
let runId: number;
beforeAll(() => {
  runId = firstRun();
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
    const { status, type, body } = await opened().resource(reportUrl(runId, step));
    expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
    expect(Buffer.from(body).toString()).toContain('Refined');
  });

  test('the dial is measured, set, and honoured by what is exported', async () => {
    const dial = dialSchema.parse(await done(await call('inspect.measureDial', { runId, step, images: 8 })));
    expect(await call('inspect.dial', { runId, step })).toEqual(dial);
    expect(dial.points.map(({ alpha }) => alpha)).toEqual(Array.from({ length: 16 }, (_, at) => at / 10));
    expect(dial.points[0].changeGrey).toBe(0);
    expect(dial.baselines.map(({ of }) => of)).toEqual(['histogram match', 'blur + noise', 'both']);
    expect(dial.baselines.every(({ changeGrey }) => changeGrey > 1)).toBe(true);
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
    const folder = join(opened().folder, 'out');
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
    const ended = await Promise.all(renewals.map(({ id }) => opened().ended({ jobId: id })));
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['cancelled', 'cancelled', 'done']);
    (await window()).forEach(({ alpha, driftPx, meanAbsChange }, index) => {
      expect(alpha).toBe(1);
      expect(driftPx).not.toBeNull();
      // Both were rounded to 8 bit, but the whole change only once.
      expect(meanAbsChange).toBeCloseTo(2 * half[index].meanAbsChange, 0);
    });
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
    const { removed, bytes } = await call('runs.cleanUp', { id: runId });
    expect(removed).toBe(1);
    const kept = await call('checkpoints.list', { runId });
    expect(kept.map((one) => [one.step, one.pinned])).toEqual([
      [0, true],
      [8, false],
    ]);
    const after = await call('runs.diskUse', { id: runId });
    expect(before.checkpoints - after.checkpoints).toBe(middle?.bytes);
    expect(after.refined).toBeGreaterThan(IMAGES * size.widthPx * size.heightPx);
    // The history buffer at that checkpoint goes with it.
    expect(bytes).toBe(before.checkpoints + before.history - after.checkpoints - after.history);
    expect(after.history).toBeLessThanOrEqual(before.history);
    expect({ ...after, checkpoints: before.checkpoints, history: before.history }).toEqual(before);
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
    expect(existsSync(join(opened().libraryFolder, 'runs', String(id)))).toBe(false);
    // Images were exported from it.
    expect((await call('runs.list', {})).map((run) => [run.name, run.trashed])).toEqual([['first', true]]);
    await call('runs.update', { id: runId, trashed: false });
    expect(await call('runs.get', { id: runId })).toMatchObject({ trashed: false });
  });
});
