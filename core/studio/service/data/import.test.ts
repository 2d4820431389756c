import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_ADJUSTMENT } from '../../../contract/label-adjustment.ts';
import { importReportSchema } from '../../../contract/operations/datasets.ts';
import { sampleUrl } from '../../../contract/picture-urls.ts';
import { decodeImage, encodePng } from '../../../datasets/pixels/decode.ts';
import { openStudio, type OpenStudio } from '../../../../test/support/open-studio.ts';

const WIDTH = 40;
const HEIGHT = 20;
const SHAPE = { widthPx: 20, heightPx: 10, channels: 1, bitDepth: 8, fit: 'cover', equalise: false } as const;

const PICTURES = { depth: null, cropToDepth: false } as const;

/** 200 files of which 7 are broken, with a table of keypoints counted from the bottom. */
async function writeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rows = ['file,k0_x,k0_y'];
  for (let index = 0; index < 200; index++) {
    const pixels = new Uint8Array(WIDTH * HEIGHT).fill(index);
    const file = encodePng({ pixels, widthPx: WIDTH, heightPx: HEIGHT, channels: 1 });
    const isBroken = index % 30 === 7;
    await writeFile(join(folder, `${index}.png`), isBroken ? file.subarray(0, 40) : file);
    rows.push(`${index}.png,5,${HEIGHT - 4}`);
  }
  await writeFile(join(folder, 'labels.csv'), rows.join('\n'));
}

let opened: OpenStudio;
let folder: string;
beforeAll(async () => {
  opened = await openStudio();
  folder = join(opened.folder, 'renders');
  await writeFolder(folder);
});
afterAll(() => opened[Symbol.asyncDispose]());

const source = () => ({ role: 'synthetic', folder, format: 'table', options: { keypoints: {} } }) as const;

describe('import', () => {
  test('tells what a folder is, and what the options of each format are', async () => {
    const detected = await opened.client.import.detect({ folder });
    expect(detected[0]).toMatchObject({ id: 'table' });
    const formats = await opened.client.import.formats({});
    expect(formats.find(({ id }) => id === 'table')?.optionsSchema).toMatchObject({
      type: 'object',
      properties: { keypoints: { type: 'object' } },
    });
  });

  test('shows a few images spread over the folder, as they are and in a shape', async () => {
    const sample = await opened.client.import.sample({ ...source(), count: 12 });
    expect(sample.format).toBe('table');
    expect(sample.images).toHaveLength(12 - sample.skipped.length);
    expect(sample.images[0]).toMatchObject({
      widthPx: WIDTH,
      annotations: [{ kind: 'keypoints', points: [{ x: 5, y: HEIGHT - 4 }] }],
    });
    const numbers = sample.images.map(({ path }) => parseInt(path, 10));
    expect(numbers.at(-1)).toBeGreaterThan(180);
    const picture = await opened.studio.resource(sampleUrl(sample.sample, 1));
    expect(picture.status).toBe(200);
    const decoded = await decodeImage(picture.body);
    expect([decoded.widthPx, decoded.heightPx, decoded.pixels[0]]).toEqual([WIDTH, HEIGHT, numbers[1]]);
    const prepared = await opened.studio.resource(sampleUrl(sample.sample, 1, { preprocessing: SHAPE }));
    expect(await decodeImage(prepared.body)).toMatchObject({ widthPx: 20, heightPx: 10 });

    const shape = await opened.client.import.shape({
      sample: sample.sample,
      preprocessing: SHAPE,
      ...PICTURES,
    });
    expect(shape.before.reduce((sum, count) => sum + count, 0)).toBe(sample.images.length * WIDTH * HEIGHT);
    expect(shape.after[Math.floor(numbers[0] / 4)]).toBe(200);
    expect(shape.otherDomain).toBeNull();
    expect(await opened.client.datasets.list({})).toEqual([]);
  });

  test('a look that is no longer held is not found', async () => {
    await expect(
      opened.client.import.shape({ sample: 'nobody', preprocessing: SHAPE, ...PICTURES }),
    ).rejects.toMatchObject({ code: 'not-found' });
    expect((await opened.studio.resource(sampleUrl('nobody', 0))).status).toBe(404);
    const { sample } = await opened.client.import.sample({ ...source(), count: 2 });
    expect((await opened.studio.resource(sampleUrl(sample, 2))).status).toBe(404);
  });

  test(
    'takes in what is whole, puts labels right, and says what is broken',
    { timeout: 60_000 },
    async () => {
      const order = { ...source(), ...PICTURES, name: 'eyes', copy: false };
      const job = await opened.ended(
        await opened.client.import.start({ ...order, adjustment: { ...NO_ADJUSTMENT, flipY: true } }),
      );
      expect(job.failure).toBeNull();
      const report = importReportSchema.parse(job.result);
      expect(report).toMatchObject({ added: 193, labelled: 193, dataset: 'eyes' });
      expect(report.skipped.filter(({ reason }) => reason === 'unreadable')).toHaveLength(7);
      const { listing } = await opened.client.images.open({ filter: {}, sort: { by: 'greyMean' } });
      const [image] = await opened.client.images.window({ listing, from: 0, count: 1 });
      expect(image.annotations).toMatchObject([
        { author: 'import', annotation: { points: [{ x: 5, y: 4 }] } },
      ]);
      expect(opened.events).toContainEqual({ type: 'data', what: 'images' });

      const { sample } = await opened.client.import.sample({ ...source(), role: 'real', count: 2 });
      const { otherDomain } = await opened.client.import.shape({ sample, preprocessing: SHAPE, ...PICTURES });
      expect(otherDomain?.reduce((sum, count) => sum + count, 0)).toBe(24 * 200);
    },
  );

  test('cancelled, nothing of it is kept', { timeout: 60_000 }, async () => {
    const start = await opened.client.import.start({
      ...source(),
      ...PICTURES,
      format: 'plain-folder',
      options: {},
      name: 'again',
      copy: true,
      adjustment: NO_ADJUSTMENT,
    });
    await opened.client.jobs.cancel({ id: start.jobId });
    expect((await opened.ended(start)).status).toBe('cancelled');
    expect((await opened.client.datasets.list({})).map(({ name }) => name)).toEqual(['eyes']);
  });

  test('a folder outside of what the shell may use is refused', async () => {
    await expect(opened.client.import.detect({ folder: '/etc' })).rejects.toMatchObject({
      code: 'bad-usage',
    });
  });
});
