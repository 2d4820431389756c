import { beforeAll, describe, expect, test } from 'vitest';
import {
  IMAGES,
  PATIENCE_MS,
  config,
  refusal,
  size,
  step,
  useTrainedStudio,
} from '../../../../test/support/trained-studio.ts';
import type { OutputOf } from '../../../contract/contract.ts';
import { askSchema } from '../../../contract/operations/results.ts';
import { differenceUrl, preparedUrl, previewUrl, refinedUrl } from '../../../contract/picture-urls.ts';

const { firstRun, call, done, picture } = useTrainedStudio();
let runId: number;
beforeAll(() => {
  runId = firstRun();
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
