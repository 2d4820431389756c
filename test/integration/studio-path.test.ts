import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutputOf, StudioClient } from '../../core/contract/contract.ts';
import type { StudioEvent } from '../../core/contract/events.ts';
import {
  curvesUrl,
  imageUrl,
  inLibrary,
  previewUrl,
  refinedUrl,
  reportUrl,
} from '../../core/contract/picture-urls.ts';
import { startServe, workFolder, type ServeProcess } from '../support/serve-process.ts';
import { jobEnded, order, runEnded, simulateBoth } from '../support/studio-path.ts';
import { ownFolder } from '../support/own-folder.ts';

/**
 * The whole path of a user through a window, by the WebSocket of a real `simgan serve`: from nothing to a verified export.
 */
describe('the path through the studio', () => {
  const own = ownFolder();
  let served: ServeProcess;
  let studio: StudioClient;
  const events: StudioEvent[] = [];
  let run: OutputOf<'runs.get'>;

  const getPicture = async (address: string) => {
    const pictures = (await studio.library.current({}))?.pictures ?? 'none';
    return served.window.get(inLibrary(pictures, address));
  };

  beforeAll(async () => {
    served = await startServe(own.folder());
    studio = served.window.studio;
    studio.subscribe((event) => events.push(event));
  });
  afterAll(async () => {
    expect(await served.stop()).toBe(130);
  });

  it('makes a library and simulates two sets', async () => {
    await studio.library.create({ folder: join(workFolder(own.folder()), 'Eyes.simgan'), name: null });
    await simulateBoth(studio, 24);
    const sets = await studio.datasets.list({});
    expect(sets.map(({ role, images }) => [role, images])).toEqual([
      ['synthetic', 24],
      ['real', 24],
    ]);
    const { listing } = await studio.images.open({ filter: {}, sort: { by: 'id' } });
    const [first] = await studio.images.window({ listing, from: 0, count: 1 });
    const picture = await getPicture(imageUrl(first.id, 160));
    expect([picture.status, picture.headers['content-type']]).toEqual([
      200,
      expect.stringMatching(/^image\//),
    ]);
  });

  it('trains, and tells of it', async () => {
    const { runId } = await studio.runs.start(await order(studio));
    run = await runEnded(studio, runId);
    expect(run).toMatchObject({ status: 'done', step: 8 });
    const told = new Set(
      events.flatMap((event) => ('runId' in event || event.type === 'run' ? [event.type] : [])),
    );
    expect([...told]).toEqual(expect.arrayContaining(['run', 'metrics', 'checkpoint', 'preview']));
    const previews = await studio.runs.previews({ id: runId });
    const [{ step, kinds }] = previews.steps;
    expect((await getPicture(previewUrl(runId, step, kinds[0]))).status).toBe(200);
    const curves = await studio.runs.metrics({
      id: runId,
      names: null,
      fromStep: null,
      toStep: null,
      maxPoints: 100,
    });
    expect(curves.length).toBeGreaterThan(3);
  });

  it('refines and measures', async () => {
    const refined = await jobEnded(studio, (await studio.refine.start({ runId: run.id, step: null })).jobId);
    expect(refined.status).toBe('done');
    const [summary] = await studio.refine.summaries({ runId: run.id });
    expect(summary.count).toBe(24);
    const { listing, count } = await studio.refine.open({
      runId: run.id,
      step: summary.step,
      by: 'drift',
      descending: true,
    });
    expect(count).toBe(24);
    const [worst] = await studio.refine.window({ listing, from: 0, count: 1 });
    expect((await getPicture(refinedUrl(run.id, summary.step, worst.imageId))).status).toBe(200);
    const evaluated = await jobEnded(
      studio,
      (await studio.evaluate.start({ runId: run.id, step: null })).jobId,
    );
    expect(evaluated.status).toBe('done');
    const [evaluation] = await studio.evaluate.list({ runId: run.id });
    expect(evaluation.verdict[0]).not.toBe('');
    const report = await getPicture(reportUrl(run.id, evaluation.step));
    expect([report.status, report.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await getPicture(curvesUrl(run.id))).body.toString()).toMatch(/^step,/);
  });

  it('neither reads nor writes outside of the folders that the host was given', async () => {
    const outside = join(own.folder(), 'outside');
    const [{ step }] = await studio.refine.summaries({ runId: run.id });
    const wish = {
      runId: run.id,
      step,
      formats: ['jsonl' as const],
      driftBudgetPx: null,
      includeUnverified: true,
    };
    const attempts = [
      studio.export.start({ ...wish, folder: outside }),
      studio.export.verify({ folder: '/etc' }),
      studio.library.create({ folder: outside, name: null }),
      studio.library.open({ folder: outside }),
      studio.import.detect({ folder: '/etc' }),
      studio.import.sample({ role: 'real', folder: '/etc', format: null, options: {}, count: 1 }),
      studio.system.browse({ folder: '/etc' }),
    ];
    for (const attempt of await Promise.allSettled(attempts)) {
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'bad-usage' } });
    }
    expect(existsSync(outside)).toBe(false);
    expect(await studio.library.current({})).toMatchObject({ name: 'Eyes' });
  });

  it('exports, and verifies what was exported', async () => {
    const folder = join(workFolder(own.folder()), 'exported');
    const [{ step }] = await studio.refine.summaries({ runId: run.id });
    const wish = {
      runId: run.id,
      step,
      formats: ['jsonl', 'csv'],
      driftBudgetPx: null,
      includeUnverified: true,
    } as const;
    const preview = await studio.export.preview({ ...wish, formats: [...wish.formats] });
    expect(preview.images).toBe(24);
    const { jobId } = await studio.export.start({ ...wish, formats: [...wish.formats], folder });
    expect((await jobEnded(studio, jobId)).status).toBe('done');
    expect(await studio.export.list({})).toMatchObject([{ folder, images: 24 }]);
    const verified = await jobEnded(studio, (await studio.export.verify({ folder })).jobId);
    expect(verified).toMatchObject({ status: 'done', result: { isIntact: true } });
  });
});
