import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { studioWithEyes, quietHooks, type TestStudio } from '../../../test/support/studio.ts';
import type { Run } from '../../library/runs.ts';
import { bestAlpha } from './dial-measure.ts';
import { readBatch } from '../data/pack-samples.ts';
import { blendImage, createBlender, dialSettingOf, pupilCoverage, setDial } from './realism-dial.ts';
import { openRunPacks, preprocessingOf } from '../runs/runs.ts';
import { ensureRunPacks } from '../training/training-run.ts';

describe('x + α(x̃ − x)', () => {
  const pixel = fc.float({ min: -1, max: 1, noNaN: true });
  const images = fc.tuple(
    fc.array(pixel, { minLength: 6, maxLength: 6 }),
    fc.array(pixel, { minLength: 6, maxLength: 6 }),
  );

  test('is the one at 0, the other at 1, on the way between, and never out of range', () => {
    fc.assert(
      fc.property(images, fc.double({ min: 0, max: 1.5, noNaN: true }), ([before, after], alpha) => {
        const [x, refined] = [Float32Array.from(before), Float32Array.from(after)];
        blendImage(x, refined, 0).forEach((value, at) => expect(value).toBeCloseTo(x[at], 9));
        blendImage(x, refined, 1).forEach((value, at) => expect(value).toBeCloseTo(refined[at], 6));
        blendImage(x, refined, alpha).forEach((value, at) => {
          expect(value).toBeCloseTo(Math.max(-1, Math.min(1, x[at] + alpha * (refined[at] - x[at]))), 6);
        });
      }),
    );
  });

  test('keeps what is to be kept, over all channels', () => {
    const [x, refined] = [new Float32Array(6).fill(-0.5), new Float32Array(6).fill(0.5)];
    expect([...blendImage(x, refined, 1, Float32Array.of(1, 0.25))]).toEqual([
      -0.5, -0.5, -0.5, 0.25, 0.25, 0.25,
    ]);
  });
});

describe('the best α', () => {
  const point = (alpha: number, discriminator: number, driftP95Px: number) => ({
    ...{ alpha, discriminator, driftP95Px },
    ...{ foolsShare: 0, driftMedianPx: 0, changeGrey: 0 },
  });

  test('is what fools the discriminator most, of those in budget', () => {
    const points = [point(0, 0.9, 0), point(0.5, 0.6, 1), point(1, 0.3, 1.9), point(1.5, 0.1, 2.1)];
    expect(bestAlpha(points, 2)).toBe(1);
    expect(bestAlpha(points, 0.5)).toBe(0);
    expect(bestAlpha(points.slice(1), 0.5)).toBeNull();
  });

  test('is the smaller of two that do as well', () => {
    expect(bestAlpha([point(0.4, 0.5, 0), point(0.6, 0.5, 0)], 2)).toBe(0.4);
  });
});

describe('the dial of a checkpoint', () => {
  let studio: TestStudio;
  let run: Run;
  beforeAll(async () => {
    studio = await studioWithEyes(4);
    const request = studio.request();
    const packs = await ensureRunPacks(studio.library, request, quietHooks());
    run = studio.library.runs.add({ config: request.config, ...packs, totalSteps: 1 });
  });
  afterAll(() => studio[Symbol.dispose]());

  test('is what was set, and leaves drift to be measured again', () => {
    const { library } = studio;
    expect(dialSettingOf(library, run.id, 4)).toEqual({ alpha: 1, keepPupil: false });
    const [imageId] = library.imageSearch.ids({ role: 'synthetic' });
    const record = { path: '', meanAbsChange: 3, discriminatorScore: 0.5, driftPx: 1, sha256: '', alpha: 1 };
    library.refinedImages.record(run.id, 4, [{ ...record, imageId }]);
    setDial(library, run.id, 4, { alpha: 0.7, keepPupil: true });
    expect(dialSettingOf(library, run.id, 4)).toEqual({ alpha: 0.7, keepPupil: true });
    expect(dialSettingOf(library, run.id, 8)).toEqual({ alpha: 1, keepPupil: false });
    expect(library.refinedImages.get(run.id, 4, imageId)).toMatchObject({ alpha: 0.7, driftPx: null });
  });

  test('leaves the pupil as it was where the labels have its contour, and nothing else', async () => {
    const { library } = studio;
    const packs = await openRunPacks(library, run);
    const synthetic = await readBatch(packs.syntheticPack, Int32Array.of(0, 1));
    await packs.close();
    const refined = { ...synthetic, images: synthetic.images.map((value) => value * 0.5 + 0.4) };
    const ids = [...packs.imageIds.subarray(0, 2)];
    const blended = createBlender(library, run, 4, { alpha: 1, keepPupil: true })(ids, synthetic, refined);
    const preprocessing = preprocessingOf(library, run);
    library.images.getMany(ids).forEach((image, index) => {
      const coverage = pupilCoverage(image, preprocessing) ?? new Float32Array();
      const centre = image.annotations
        .flatMap(({ annotation }) => (annotation.kind === 'keypoints' ? annotation.points : []))
        .at(0);
      expect(coverage[Math.floor(centre?.y ?? 0) * 55 + Math.floor(centre?.x ?? 0)]).toBe(1);
      let [kept, changed] = [0, 0];
      coverage.forEach((share, pixel) => {
        const at = index * coverage.length + pixel;
        if (share === 1) expect(blended.images[at]).toBe(synthetic.images[at]);
        if (share === 0) expect(blended.images[at]).toBeCloseTo(refined.images[at], 6);
        kept += Number(share === 1);
        changed += Number(share === 0);
      });
      expect(kept).toBeGreaterThan(4);
      expect(changed).toBeGreaterThan(1000);
    });
    const whole = createBlender(library, run, 4, { alpha: 1, keepPupil: false });
    expect(whole(ids, synthetic, refined)).toBe(refined);
  });
});
