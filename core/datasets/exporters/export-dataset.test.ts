import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { propertyRuns } from '../../../test/support/property-settings.ts';
import type { Progress } from '../../base/progress.ts';
import { StudioError } from '../../base/studio-error.ts';
import { CONFIG_VERSION } from '../../contract/config/migrations.ts';
import { decodeImage } from '../pixels/decode.ts';
import { exportDataset, type ExportOptions } from './export-dataset.ts';
import { hashTree, makeSamples, randomGaze, streamOf, testHeader } from './export-fixture.ts';
import type { ExportSample } from './export-sample.ts';
import { verifyExport } from './verify-export.ts';

let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'simgan-export-'));
});

afterEach(() => {
  rmSync(work, { recursive: true, force: true });
});

const options = (changes: Partial<ExportOptions> = {}): ExportOptions => ({
  formats: ['jsonl', 'csv', 'coco'],
  header: testHeader,
  existing: 'refuse',
  ...changes,
});

async function studioError(work: Promise<unknown>): Promise<StudioError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StudioError)) throw new Error(`Not a StudioError: ${String(error)}`);
  return error;
}

describe('exportDataset', () => {
  it.each([
    { channels: 1, bitDepth: 8 },
    { channels: 3, bitDepth: 8 },
    { channels: 1, bitDepth: 16 },
    { channels: 3, bitDepth: 16 },
  ] as const)(
    'writes $bitDepth bit of $channels channels without loss, under any name',
    async ({ channels, bitDepth }) => {
      const names = [
        'plain',
        'Übung 1.0_-0.2',
        '目/瞳',
        'a/b/c',
        'line\u2028separator',
        '.hidden',
        'qu\'o"te,d',
      ];
      const samples = makeSamples({ count: names.length, channels, bitDepth, name: (index) => names[index] });
      const folder = join(work, 'out', 'deep');
      const summary = await exportDataset(folder, streamOf(samples), options());
      for (const sample of samples) {
        const image = await decodeImage(join(folder, 'images', sample.split, `${sample.name}.png`));
        const { pixels, widthPx, heightPx } = sample;
        expect(image).toMatchObject({ pixels, widthPx, heightPx, channels, bitDepth });
      }
      expect(summary).toMatchObject({ imageCount: 7, trainCount: 6, testCount: 1, keptCount: 0 });
      expect(await verifyExport(folder)).toMatchObject({
        isIntact: true,
        problems: [],
        imageCount: 7,
        manifestSha256: summary.manifestSha256,
      });
    },
  );

  it('gives the same bytes for the same samples, however their objects are put together', async () => {
    const samples = makeSamples({ count: 12 });
    const reordered = samples.map((sample): ExportSample => {
      const { annotations, ...rest } = sample;
      const turned = annotations.map((label) => Object.fromEntries(Object.entries(label).reverse()));
      return { annotations: turned as unknown as ExportSample['annotations'], ...rest };
    });
    const config = Object.fromEntries(Object.entries(testHeader.config).reverse());
    await exportDataset(join(work, 'one'), streamOf(samples), options());
    await exportDataset(
      join(work, 'two'),
      streamOf(reordered),
      options({ header: { ...testHeader, config }, formats: ['coco', 'jsonl', 'csv'] }),
    );
    expect(hashTree(join(work, 'two'))).toEqual(hashTree(join(work, 'one')));
  });

  it('goes on with an export that was begun before configurations had a version', async () => {
    const samples = makeSamples({ count: 4 });
    await exportDataset(work, streamOf(samples), options());
    const config = { ...testHeader.config, configVersion: CONFIG_VERSION };
    const again = options({ header: { ...testHeader, config }, existing: 'resume' });
    expect(await exportDataset(work, streamOf(samples), again)).toMatchObject({ keptCount: 4 });
  });

  it('tells in its manifest where every image came from and how it changed', async () => {
    const samples = makeSamples({ count: 11 });
    await exportDataset(work, streamOf(samples), options({ formats: ['jsonl'] }));
    const lines = readFileSync(join(work, 'manifest.jsonl'), 'utf8').trimEnd().split('\n');
    const tree = hashTree(work);
    for (const [index, sample] of samples.entries()) {
      const path = `images/${sample.split}/${sample.name}.png`;
      expect(JSON.parse(lines[index])).toEqual({
        path,
        sha256: tree[path],
        bytes: readFileSync(join(work, path)).length,
        id: sample.id,
        source: sample.source,
        change: { ...sample.change, driftPx: sample.change.driftPx ?? null },
      });
    }
    expect(JSON.parse(readFileSync(join(work, 'manifest.json'), 'utf8'))).toMatchObject({
      header: testHeader,
      counts: { images: 11, train: 9, test: 2, annotations: 11 },
    });
    expect(readFileSync(join(work, 'README.md'), 'utf8')).toContain('MPIIGaze is CC BY-NC-SA 4.0.');
  });

  it('reports progress up to the last image', async () => {
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => void seen.push(progress);
    await exportDataset(work, streamOf(makeSamples({ count: 30 })), options({ onProgress, total: 30 }));
    expect(seen).toContainEqual({ done: 30, total: 30, unit: 'images', label: 'Writing images' });
    expect(seen.at(-1)).toMatchObject({ done: 30, label: 'Writing the manifest' });
  });
});

describe('exportDataset with what cannot be exported', () => {
  it.each([
    ['../../escape', 'leads out of its folder'],
    ['/etc/passwd', 'has an empty part'],
    ['a/./b', 'leads out of its folder'],
    ['a\\b', 'backslash'],
    ['nul\0', 'control character'],
    ['', 'empty part'],
    ['x'.repeat(252), '255 bytes'],
    ['F00/00000', 'more than one image'],
    ['f00/00000.png/inside', 'where another image is a file'],
  ])('refuses the name %j', async (name, words) => {
    const samples = makeSamples({ count: 2, name: (index) => (index === 1 ? name : 'f00/00000') });
    const [first, second] = samples;
    const folder = join(work, 'a', 'b');
    const error = await studioError(
      exportDataset(folder, streamOf([first, { ...second, split: 'train' }]), options()),
    );
    expect(error.code).toBe('bad-input');
    expect(error.message).toContain(words);
    expect(Object.keys(hashTree(work)).every((path) => path.startsWith('a/b/'))).toBe(true);
  });

  it('refuses labels that JSON would turn into null, and pixels that do not fit', async () => {
    const [sample] = makeSamples({ count: 1 });
    const broken: ExportSample[] = [
      { ...sample, annotations: [{ kind: 'gaze', vector: [0, 0, -1], pitchRad: NaN, yawRad: 0 }] },
      { ...sample, change: { ...sample.change, discriminatorScore: NaN } },
      { ...sample, pixels: sample.pixels.subarray(1) },
      { ...sample, bitDepth: 16 },
    ];
    for (const [index, item] of broken.entries()) {
      const error = await studioError(exportDataset(join(work, String(index)), streamOf([item]), options()));
      expect(error).toMatchObject({ code: 'bad-input', details: { name: sample.name, id: 1 } });
    }
  });

  it('says so when there is no image, and leaves nothing behind', async () => {
    const error = await studioError(exportDataset(work, streamOf([]), options()));
    expect(error.code).toBe('bad-input');
    expect(hashTree(work)).toEqual({});
  });
});

describe('exportDataset into a folder with content', () => {
  it('names what is there and touches nothing', async () => {
    writeFileSync(join(work, 'thesis.txt'), 'precious');
    for (const existing of ['refuse', 'resume'] as const) {
      const error = await studioError(
        exportDataset(work, streamOf(makeSamples({ count: 3 })), options({ existing })),
      );
      expect(error.code).toBe('busy');
      expect(error.message).toContain('thesis.txt');
    }
    expect(Object.keys(hashTree(work))).toEqual(['thesis.txt']);
  });

  it('refuses a file for a folder', async () => {
    writeFileSync(join(work, 'file'), '');
    for (const path of ['file', 'file/inside']) {
      const error = await studioError(
        exportDataset(join(work, path), streamOf(makeSamples({ count: 1 })), options()),
      );
      expect(error.code).toBe('bad-usage');
    }
  });

  it('tells a finished export apart from another one by what differs', async () => {
    const samples = makeSamples({ count: 6 });
    await exportDataset(work, streamOf(samples), options());
    const before = hashTree(work);
    const again = await studioError(exportDataset(work, streamOf(samples), options()));
    expect(again.message).toContain('a finished export of run "eyes | first" at step 600');
    const other = await studioError(
      exportDataset(
        work,
        streamOf(samples),
        options({ existing: 'resume', formats: ['csv'], header: { ...testHeader, step: 700 } }),
      ),
    );
    expect(other.message).toContain('differs in step, formats');
    expect(hashTree(work)).toEqual(before);
  });

  it('goes on with a finished export, mends what was damaged, and names what does not belong to it', async () => {
    const samples = makeSamples({ count: 8 });
    await exportDataset(work, streamOf(samples), options());
    const before = hashTree(work);
    writeFileSync(join(work, 'labels.csv'), 'edited');
    truncateSync(join(work, 'images/train/f00/00000.png'), 20);
    rmSync(join(work, 'images/train/f01/00001.png'));
    const header = { ...testHeader, createdAt: '2027-01-01T00:00:00.000Z' };
    const mended = await exportDataset(work, streamOf(samples), options({ existing: 'resume', header }));
    expect(mended).toMatchObject({ imageCount: 8, keptCount: 6, strayFiles: [] });
    expect(hashTree(work)).toEqual(before);

    writeFileSync(join(work, 'notes.txt'), 'mine');
    const fewer = await exportDataset(work, streamOf(samples.slice(1)), options({ existing: 'resume' }));
    const strays = ['images/train/f00/00000.png', 'notes.txt'];
    expect(fewer.strayFiles).toEqual(strays);
    const { problems } = await verifyExport(work);
    expect(problems.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual(
      strays.map((path) => `extra ${path}`),
    );
  });
});

describe('exportDataset into an export with a torn file', () => {
  const samples = makeSamples({ count: 8 });
  const later = { ...testHeader, createdAt: '2027-01-01T00:00:00.000Z' };
  const resume = (header = later): ReturnType<typeof exportDataset> =>
    exportDataset(work, streamOf(samples), options({ existing: 'resume', header }));

  async function stopBeforeLabels(): Promise<void> {
    const controller = new AbortController();
    const onProgress = ({ label }: Progress): void => {
      if (label.startsWith('Writing labels')) controller.abort();
    };
    const { signal } = controller;
    const error = await studioError(exportDataset(work, streamOf(samples), options({ signal, onProgress })));
    expect(error.code).toBe('cancelled');
  }

  it.each([0, 18, undefined])('makes a manifest.json of %s bytes again, as it was', async (bytes) => {
    await exportDataset(work, streamOf(samples), options());
    const before = hashTree(work);
    const manifest = join(work, 'manifest.json');
    if (bytes === undefined) rmSync(manifest);
    else truncateSync(manifest, bytes);
    expect(await resume()).toMatchObject({ keptCount: 8, strayFiles: [] });
    expect(hashTree(work)).toEqual(before);
  });

  it.each([0, 18])('resumes an unfinished export whose begun.json has %d bytes', async (bytes) => {
    await stopBeforeLabels();
    truncateSync(join(work, '.simgan-export', 'begun.json'), bytes);
    expect(await resume(testHeader)).toMatchObject({ imageCount: 8, keptCount: 8 });
    expect(await verifyExport(work)).toMatchObject({ isIntact: true });
  });

  it('keeps to a finished manifest.json where begun.json is torn', async () => {
    await exportDataset(work, streamOf(samples), options());
    const before = hashTree(work);
    mkdirSync(join(work, '.simgan-export'));
    writeFileSync(join(work, '.simgan-export', 'begun.json'), '{');
    await resume();
    expect(hashTree(work)).toEqual(before);
  });

  it.each([
    { change: { step: 700 } },
    { change: { runName: 'another' } },
    { change: { checkpointSha256: 'd'.repeat(64) } },
    { change: { selection: 'all' } },
    { change: { libraryName: 'Hands' } },
  ])('refuses where the README is that of another export: $change', async ({ change }) => {
    await exportDataset(work, streamOf(samples), options());
    truncateSync(join(work, 'manifest.json'), 18);
    const before = hashTree(work);
    const error = await studioError(resume({ ...later, ...change }));
    expect(error.code).toBe('busy');
    expect(error.message).toContain('manifest.json is not what an export writes');
    expect(hashTree(work)).toEqual(before);
  });

  it('refuses where begun.json is torn among files that are not of an export', async () => {
    await stopBeforeLabels();
    truncateSync(join(work, '.simgan-export', 'begun.json'), 18);
    writeFileSync(join(work, 'thesis.txt'), 'mine');
    expect(await studioError(resume())).toMatchObject({ code: 'busy' });
  });

  it('does not take a file that cannot be read for a torn one', async () => {
    await exportDataset(work, streamOf(samples), options());
    rmSync(join(work, 'manifest.json'));
    mkdirSync(join(work, 'manifest.json'));
    const error = await studioError(resume());
    expect(error).toMatchObject({ code: 'storage', details: { path: join(work, 'manifest.json') } });
  });
});

describe('exportDataset interrupted', () => {
  const samples = makeSamples({ count: 40, annotations: (random) => [randomGaze(random)] });
  let whole: Record<string, string>;

  beforeEach(async () => {
    whole = await exportedTree('whole');
  });

  async function exportedTree(name: string): Promise<Record<string, string>> {
    await exportDataset(join(work, name), streamOf(samples), options({ existing: 'resume' }));
    return hashTree(join(work, name));
  }

  it('cancelled or failed at any image and resumed gives the bytes of an uninterrupted export', async () => {
    let round = 0;
    const stops = fc.array(fc.record({ at: fc.nat(45), how: fc.constantFrom('abort', 'throw', 'labels') }), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(stops, fc.nat(), async (interruptions, damage) => {
        const name = `round-${round++}`;
        const folder = join(work, name);
        for (const { at, how } of interruptions) {
          const controller = new AbortController();
          const onProgress = ({ label }: Progress): void => {
            if (how === 'labels' && label.startsWith('Writing labels')) controller.abort();
          };
          const source = async function* (): AsyncGenerator<ExportSample> {
            for await (const sample of streamOf(samples)) {
              if (sample.id === at && how === 'abort') controller.abort();
              if (sample.id === at && how === 'throw') throw new Error('The source broke.');
              yield sample;
            }
          };
          const changes = { existing: 'resume', signal: controller.signal, onProgress } as const;
          await exportDataset(folder, source(), options(changes)).then(
            (summary) => expect(summary.imageCount).toBe(samples.length),
            (error: unknown) => {
              if (how === 'throw') expect(error).toEqual(new Error('The source broke.'));
              else expect(error).toMatchObject({ code: 'cancelled' });
            },
          );
        }
        // As a power cut would: a torn image, and files that were being written.
        const torn = join(folder, Object.keys(whole)[damage % Object.keys(whole).length]);
        if (existsSync(torn)) truncateSync(torn, damage % 50);
        mkdirSync(join(folder, '.simgan-export'), { recursive: true });
        writeFileSync(join(folder, '.simgan-export', '7.tmp'), 'half');
        expect(await exportedTree(name)).toEqual(whole);
      }),
      {
        numRuns: propertyRuns(8),
        // A manifest.json of 18 bytes.
        examples: [[[{ at: 0, how: 'abort' }], 2139095018]],
      },
    );
  });

  it('says how many images are kept when it is cancelled', async () => {
    const controller = new AbortController();
    const source = async function* (): AsyncGenerator<ExportSample> {
      for (const sample of samples) {
        if (sample.id === 21) controller.abort();
        yield sample;
      }
      await Promise.resolve();
    };
    const folder = join(work, 'cancelled');
    const error = await studioError(
      exportDataset(folder, source(), options({ signal: controller.signal, total: 40 })),
    );
    const kept = Object.keys(hashTree(folder)).filter((path) => path.startsWith('images/')).length;
    expect(kept).toBeGreaterThanOrEqual(20);
    expect(error).toMatchObject({ code: 'cancelled', details: { images: kept } });
    expect(error.message).toContain(`${kept} of 40 images`);
    const unfinished = await studioError(verifyExport(folder));
    expect(unfinished.message).toContain('is not finished');
  });

  it('killed outright and resumed gives the same bytes', async () => {
    const folder = join(work, 'killed');
    const module = (name: string): string =>
      JSON.stringify(pathToFileURL(join(import.meta.dirname, name)).href);
    const script = `
      import { writeSync } from 'node:fs';
      import { exportDataset } from ${module('export-dataset.ts')};
      import { makeSamples, randomGaze, streamOf, testHeader } from ${module('export-fixture.ts')};
      const samples = makeSamples({ count: 40, annotations: (random) => [randomGaze(random)] });
      const stopAfter = Number(process.argv[1]);
      // Holds still until it is killed, with files half written.
      const holdStill = () => { writeSync(1, 'now'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); };
      await exportDataset(${JSON.stringify(folder)}, streamOf(samples), {
        formats: ['jsonl', 'csv', 'coco'], header: testHeader, existing: 'resume',
        onProgress: ({ done, label }) => { if (label !== 'Writing images' || done > stopAfter) holdStill(); },
      });`;
    for (const stopAfter of [0, 1000]) {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script, String(stopAfter)]);
      child.stdout.once('data', () => child.kill('SIGKILL'));
      const ended = await new Promise((done) => child.once('exit', (_code, signal) => done(signal)));
      expect(ended).toBe('SIGKILL');
      expect(existsSync(join(folder, '.simgan-export'))).toBe(true);
    }
    expect(await exportedTree('killed')).toEqual(whole);
  });
});

describe('exportDataset on a full disk', () => {
  const mount = (path: string, size: string): boolean =>
    spawnSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).status === 0;

  it('keeps what is written, says so, and completes once there is room', async (context) => {
    const disk = join(work, 'disk');
    mkdirSync(disk);
    if (!mount(disk, '256k')) context.skip('mounting a tmpfs is not permitted here');
    try {
      const samples = makeSamples({ count: 100 });
      const folder = join(disk, 'out');
      const error = await studioError(exportDataset(folder, streamOf(samples), options({ total: 100 })));
      expect(error.code).toBe('storage');
      expect(error.message).toMatch(/disk is full.* of 100 images; all that is written in .* is kept/s);
      const kept = Object.keys(hashTree(folder)).filter((path) => path.startsWith('images/'));
      expect(kept.length).toBe(error.details.images);
      expect(kept.length).toBeGreaterThan(10);

      expect(spawnSync('/usr/bin/mount', ['-o', 'remount,size=8m', disk]).status).toBe(0);
      const summary = await exportDataset(folder, streamOf(samples), options({ existing: 'resume' }));
      expect(summary).toMatchObject({ imageCount: 100, keptCount: kept.length });
      await exportDataset(join(work, 'elsewhere'), streamOf(samples), options());
      expect(hashTree(folder)).toEqual(hashTree(join(work, 'elsewhere')));
    } finally {
      spawnSync('/usr/bin/umount', [disk]);
    }
  });
});
