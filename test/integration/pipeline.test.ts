import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { resultOf, simgan, simganJson, startSimgan, temporaryFolder } from '../support/simgan.ts';

const SHARED = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

/** A library of 60 eyes of each look and a run, made once; each test works on a copy. */
let prepared: string;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simgan-prepared-'));
  prepared = join(folder, 'a.simgan');
  await simganJson(folder, 'init', 'a.simgan');
  await simganJson(prepared, 'simulate', 'eye', '--count', '60');
  await simganJson(prepared, 'simulate', 'eye', '--count', '60', '--look', 'camera');
  await simganJson(prepared, 'train', '--preset', 'test', '--engine', 'wasm');
  return () => rm(folder, { recursive: true });
});

async function trainedLibrary(folder: string): Promise<string> {
  const library = join(folder, 'a.simgan');
  await cp(prepared, library, { recursive: true });
  return library;
}

describe('from two sets of images to a refined dataset', () => {
  it('trains, refines, evaluates, exports and verifies, with everything on record', async () => {
    const folder = await temporaryFolder();
    const library = await trainedLibrary(folder);
    expect(await simganJson(library, 'runs')).toMatchObject([
      { name: 'run 1', status: 'done', step: 8, totalSteps: 8, engine: 'wasm' },
    ]);

    expect(await simganJson(library, 'refine', '--engine', 'wasm')).toMatchObject({
      count: 60,
      alreadyDone: 0,
    });
    expect(await simganJson(library, 'refine', '--engine', 'wasm')).toMatchObject({
      count: 60,
      alreadyDone: 60,
    });

    const evaluation = await simganJson(library, 'evaluate', '--engine', 'wasm');
    expect(evaluation).toMatchObject({
      step: 8,
      selfTest: { passed: true },
      gaze: {
        trainingCount: 60,
        rows: [{ trainedOn: 'synthetic' }, { trainedOn: 'histogram-matched' }, { trainedOn: 'refined' }],
      },
    });
    const { report } = evaluation as { report: string };
    expect(await readFile(report, 'utf8')).toContain('<!doctype html>');

    const out = join(folder, 'out');
    const exported = await simganJson(
      library,
      'export',
      out,
      '--format',
      'jsonl,csv,coco',
      '--drift-budget',
      'off',
    );
    expect(exported).toMatchObject({
      imageCount: 60,
      heldBack: { overBudget: 0, unverified: 0, excluded: 0 },
    });
    expect(await simganJson(library, 'verify', out)).toMatchObject({ isIntact: true, imageCount: 60 });

    const lines = (await readFile(join(out, 'labels.jsonl'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(60);
    const sample = JSON.parse(lines[0]) as { file_name: string; annotations: { kind: string }[] };
    expect(sample.annotations.map(({ kind }) => kind).sort()).toEqual(['gaze', 'keypoints']);
    const picture = decode(await readFile(join(out, sample.file_name)));
    expect([picture.width, picture.height, picture.channels, picture.depth]).toEqual([55, 35, 1, 8]);

    // The same export again changes nothing; one flipped byte is found.
    const again = await simganJson(
      library,
      'export',
      out,
      '--format',
      'jsonl,csv,coco',
      '--drift-budget',
      'off',
    );
    expect(again).toMatchObject({
      keptCount: 60,
      manifestSha256: (exported as { manifestSha256: string }).manifestSha256,
    });
    const bytes = await readFile(join(out, sample.file_name));
    bytes[bytes.length - 20] ^= 1;
    await writeFile(join(out, sample.file_name), bytes);
    const verified = await simgan(library, 'verify', out);
    expect(verified.exitCode).toBe(1);
    expect(verified.stdout).toContain(sample.file_name);
  });

  it('stops at Ctrl-C with everything kept, and goes on to the end', async () => {
    const folder = await temporaryFolder();
    const library = await trainedLibrary(folder);
    const training = startSimgan(library, 'train', '--preset', 'test', '--steps', '5000', '--engine', 'wasm');
    const ended = resultOf(training);
    training.stderr.on('data', (chunk: Buffer) => {
      if (/Training.* [1-9]\d+\//.test(chunk.toString())) training.kill('SIGINT');
    });
    expect((await ended).exitCode).toBe(130);
    const [, stopped] = (await simganJson(library, 'runs')) as { status: string; step: number }[];
    expect(stopped.status).toBe('stopped');
    const steps = String(stopped.step + 5);
    const resumed = await simganJson(
      library,
      'train',
      '--resume',
      'last',
      '--steps',
      steps,
      '--engine',
      'wasm',
    );
    expect(resumed).toMatchObject({ name: 'run 2', status: 'done', step: stopped.step + 5 });
  });

  it('judges labels and realism on images kept aside, and refines with the best checkpoint', async () => {
    const folder = await temporaryFolder();
    const library = await trainedLibrary(folder);
    const judged = [
      '--preset',
      'test',
      '--evaluation-every',
      '4',
      '--drift-budget',
      '50',
      '--engine',
      'wasm',
    ];
    const run = await simganJson(library, 'train', ...judged);
    expect(run).toMatchObject({
      status: 'done',
      bestStep: expect.any(Number) as number,
      metrics: {
        'labels.driftP95': expect.any(Number) as number,
        'realism.gain': expect.any(Number) as number,
      },
      verdict: expect.stringContaining('abels hold') as string,
    });
    expect(existsSync(join(library, 'runs', '2', 'tripwire.safetensors'))).toBe(true);
    const { bestStep } = run as { bestStep: number };
    expect(await simganJson(library, 'refine', '--engine', 'wasm')).toMatchObject({ step: bestStep });
  });

  it('refuses what would break the run that it goes on with', async () => {
    const folder = await temporaryFolder();
    const library = await trainedLibrary(folder);
    const finished = await simgan(library, 'train', '--resume', 'last', '--engine', 'wasm');
    expect(finished.exitCode).toBe(2);
    expect(finished.stderr).toContain('--steps 16');
    const other = await simgan(library, 'train', '--resume', 'last', '--batch-size', '8', '--engine', 'wasm');
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toContain('--batch-size');
  });

  it.skipIf(!existsSync(SHARED))('refines the real eyes of ../shared/data', async () => {
    const folder = await temporaryFolder();
    await simganJson(folder, 'init', 'eyes.simgan');
    const library = join(folder, 'eyes.simgan');
    expect(await simganJson(library, 'import', 'synthetic', join(SHARED, 'syntheseyes'))).toMatchObject({
      format: 'syntheseyes',
      added: 52,
      labelled: 52,
      skipped: [],
    });
    const real = await simganJson(library, 'import', 'real', join(SHARED, 'mpiigaze-crops'));
    expect(real).toMatchObject({ format: 'plain-folder', added: 144, labelled: 0, skipped: [] });
    await simganJson(library, 'train', '--preset', 'test', '--engine', 'wasm');
    await simganJson(library, 'refine', '--engine', 'wasm');
    const out = join(folder, 'out');
    await simganJson(library, 'export', out, '--drift-budget', 'off');
    expect((await readdir(join(out, 'images'))).sort()).toEqual(['test', 'train']);
    expect(await simganJson(library, 'verify', out)).toMatchObject({ isIntact: true, imageCount: 52 });
  });
});
