import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { propertyRuns } from '../../../test/support/property-settings.ts';
import { z } from 'zod';
import type { Annotation, Keypoint } from '../../contract/annotation.ts';
import { keypointLayout } from '../../contract/keypoint-layouts.ts';
import { exportDataset } from './export-dataset.ts';
import { makeSamples, randomGaze, randomHand, streamOf, testHeader } from './export-fixture.ts';
import type { ExportSample } from './export-sample.ts';
import { objectsOf } from './label-format.ts';
import { describeLoss } from './label-formats.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simgan-labels-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

const exported = async (samples: readonly ExportSample[]): Promise<void> => {
  const options = { formats: ['jsonl', 'csv', 'coco'], header: testHeader, existing: 'refuse' } as const;
  await exportDataset(folder, streamOf(samples), options);
};

const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const anyPoint = fc.record<Keypoint>({
  x: anyNumber,
  y: anyNumber,
  visibility: fc.constantFrom(0, 1, 2),
});
const anyDeepPoint = fc.record<Keypoint>({
  x: anyNumber,
  y: anyNumber,
  zMm: anyNumber,
  visibility: fc.constantFrom(0, 1, 2),
});
const anyAnnotation: fc.Arbitrary<Annotation> = fc.oneof(
  fc.record({
    kind: fc.constant('gaze' as const),
    vector: fc.tuple(anyNumber, anyNumber, anyNumber),
    pitchRad: anyNumber,
    yawRad: anyNumber,
  }),
  fc.record({
    kind: fc.constant('keypoints' as const),
    layout: fc.constantFrom('own', 'an,other "layout"'),
    points: fc.oneof(
      fc.array(anyPoint, { minLength: 1, maxLength: 4 }),
      fc.array(anyDeepPoint, { minLength: 1, maxLength: 4 }),
    ),
  }),
  fc.record({ kind: fc.constant('category' as const), name: fc.string({ minLength: 1, unit: 'binary' }) }),
);

/** Any labels at all, and a text for the source's path that a table has to quote. */
const anyLabels = fc.array(
  fc.record({
    annotations: fc.array(anyAnnotation, { maxLength: 4 }),
    path: fc.stringMatching(/^[a-z,"'\n\r ]{1,12}$/),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('label files', () => {
  it('give back any annotations exactly, from JSON-lines and from CSV', async () => {
    await fc.assert(
      fc.asyncProperty(anyLabels, async (labels) => {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
        const samples = makeSamples({ count: labels.length }).map((sample, index): ExportSample => ({
          ...sample,
          annotations: labels[index].annotations,
          source: { ...sample.source, path: labels[index].path },
        }));
        await exported(samples);
        expect(fromJsonLines(read('labels.jsonl'))).toEqual(samples.map(essence));
        expect(fromCsv(read('labels.csv'))).toEqual(
          samples.map((sample) => ({
            ...essence(sample),
            annotations: objectsOf(sample.annotations).flatMap(({ gaze, keypoints, category }) =>
              [gaze, keypoints, category].filter((part) => part !== undefined),
            ),
          })),
        );
      }),
      { numRuns: propertyRuns(8), endOnFailure: true },
    );
  });

  it('CSV leaves out the columns of labels that there are not', async () => {
    await exported(makeSamples({ count: 2 }));
    expect(read('labels.csv').split('\n')[0]).toBe(
      'file_name,split,id,width_px,height_px,gaze_x,gaze_y,gaze_z,pitch_rad,yaw_rad,' +
        'source_path,source_sha256,change_grey_levels,discriminator_score,drift_px,alpha',
    );
  });

  it('hold nothing that changes from one day to the next', async () => {
    await exported(makeSamples({ count: 5 }));
    for (const path of ['labels.csv', 'labels.jsonl', 'annotations/person_keypoints_train.json']) {
      expect(read(path)).not.toContain('2026');
    }
  });
});

describe('README.md', () => {
  it('says how many there are and how to load files that are there', async () => {
    await exported(makeSamples({ count: 3 }).map((sample) => ({ ...sample, split: 'test' })));
    const card = read('README.md');
    expect(card).toContain('| Images | 3 (train 0, test 3) |');
    expect(card).toContain(`| Run | eyes \\| first, step ${testHeader.step} |`);
    const opened = [...card.matchAll(/(?<!\.)open\("([^"]+)"/g)].map(([, path]) => path);
    expect(opened).toEqual(['labels.jsonl', 'labels.csv', 'annotations/person_keypoints_test.json']);
    for (const path of opened) expect(read(path)).toContain('00002.png');
  });
});

describe('describeLoss', () => {
  it('names what a format does not keep where tools look for it', () => {
    expect(describeLoss(['jsonl'], ['gaze', 'keypoints', 'category'])).toEqual([]);
    const losses = describeLoss(['csv', 'coco'], ['gaze', 'keypoints']);
    expect(losses.map(({ format, kind }) => `${format} ${kind}`)).toEqual([
      'csv keypoints',
      'coco gaze',
      'coco keypoints',
    ]);
    expect(losses[1].message).toMatch(/^COCO keypoints: gaze: .*extra field/);
  });
});

/** What must survive of a sample, with drift as the files write it. */
interface Essence {
  readonly path: string;
  readonly annotations: readonly Annotation[];
  readonly source: { readonly path: string; readonly sha256: string };
  readonly driftPx: number | null;
}

const essence = (sample: ExportSample): Essence => ({
  path: `images/${sample.split}/${sample.name}.png`,
  annotations: sample.annotations,
  source: sample.source,
  driftPx: sample.change.driftPx ?? null,
});

/** Written from the README alone, as a stranger would read it. */
const jsonAnnotation = z.union([
  z
    .strictObject({
      kind: z.literal('gaze'),
      vector: z.tuple([z.number(), z.number(), z.number()]),
      pitch_rad: z.number(),
      yaw_rad: z.number(),
    })
    .transform(({ kind, vector, pitch_rad, yaw_rad }) => ({
      kind,
      vector,
      pitchRad: pitch_rad,
      yawRad: yaw_rad,
    })),
  z
    .strictObject({
      kind: z.literal('keypoints'),
      layout: z.string(),
      points: z.array(
        z
          .strictObject({
            x: z.number(),
            y: z.number(),
            z_mm: z.number().optional(),
            visibility: z.literal([0, 1, 2]),
          })
          .transform(({ z_mm, ...rest }) => ({ ...rest, ...(z_mm !== undefined && { zMm: z_mm }) })),
      ),
    })
    .transform((value) => value),
  z.strictObject({ kind: z.literal('category'), name: z.string() }),
]);

const jsonLine = z.object({
  file_name: z.string(),
  annotations: z.array(jsonAnnotation),
  source_path: z.string(),
  source_sha256: z.string(),
  drift_px: z.number().nullable(),
});

function fromJsonLines(text: string): Essence[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => jsonLine.parse(JSON.parse(line)))
    .map((line) => ({
      path: line.file_name,
      annotations: line.annotations,
      source: { path: line.source_path, sha256: line.source_sha256 },
      driftPx: line.drift_px,
    }));
}

function fromCsv(text: string): Essence[] {
  const rows = z.array(z.record(z.string(), z.string())).parse(parse(text, { columns: true }));
  const images = new Map<string, Essence>();
  for (const row of rows) {
    const earlier = images.get(row.file_name)?.annotations ?? [];
    images.set(row.file_name, {
      path: row.file_name,
      annotations: [...earlier, ...annotationsOfRow(row)],
      source: { path: row.source_path, sha256: row.source_sha256 },
      driftPx: row.drift_px === '' ? null : Number(row.drift_px),
    });
  }
  return [...images.values()];
}

function annotationsOfRow(row: Record<string, string>): Annotation[] {
  const annotations: Annotation[] = [];
  if (row.gaze_x) {
    annotations.push({
      kind: 'gaze',
      vector: [Number(row.gaze_x), Number(row.gaze_y), Number(row.gaze_z)],
      pitchRad: Number(row.pitch_rad),
      yawRad: Number(row.yaw_rad),
    });
  }
  if (row.keypoint_layout) {
    const points: Keypoint[] = [];
    for (let index = 0; row[`k${index}_v`]; index++) {
      const depth = row[`k${index}_z_mm`];
      points.push({
        x: Number(row[`k${index}_x`]),
        y: Number(row[`k${index}_y`]),
        visibility: z.literal([0, 1, 2]).parse(Number(row[`k${index}_v`])),
        ...(depth && { zMm: Number(depth) }),
      });
    }
    annotations.push({ kind: 'keypoints', layout: row.keypoint_layout, points });
  }
  if (row.category) annotations.push({ kind: 'category', name: row.category });
  return annotations;
}

const cocoSchema = z.object({
  info: z.object({ description: z.string() }),
  licenses: z.array(z.object({ id: z.int(), name: z.string() })),
  images: z.array(z.object({ id: z.int(), file_name: z.string(), width: z.int(), height: z.int() })),
  annotations: z.array(
    z.object({
      id: z.int(),
      image_id: z.int(),
      category_id: z.int(),
      iscrowd: z.literal(0),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      area: z.number(),
      segmentation: z.array(z.never()),
      num_keypoints: z.int(),
      keypoints: z.array(z.number()),
      keypoints_z_mm: z.array(z.number().nullable()).optional(),
      gaze: z.object({ pitch_rad: z.number(), yaw_rad: z.number() }).optional(),
    }),
  ),
  categories: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      supercategory: z.string(),
      keypoints: z.array(z.string()),
      skeleton: z.array(z.tuple([z.int(), z.int()])),
    }),
  ),
});

type Coco = z.infer<typeof cocoSchema>;

/** The invariants that pycocotools builds on. */
function readCoco(split: 'train' | 'test'): Coco {
  const coco = cocoSchema.parse(JSON.parse(read(`annotations/person_keypoints_${split}.json`)));
  const upwards = (items: readonly { readonly id: number }[]): void =>
    expect(items.map(({ id }) => id)).toEqual(items.map((_, index) => index + 1));
  upwards(coco.images);
  upwards(coco.annotations);
  upwards(coco.categories);
  expect(new Set(coco.categories.map(({ name }) => name)).size).toBe(coco.categories.length);
  for (const annotation of coco.annotations) {
    const image = coco.images[annotation.image_id - 1];
    const category = coco.categories[annotation.category_id - 1];
    const { keypoints } = annotation;
    expect(keypoints.length).toBe(3 * category.keypoints.length);
    expect(category.skeleton.flat().every((place) => place >= 1 && place <= category.keypoints.length)).toBe(
      true,
    );
    const triples = category.keypoints.map((_, index) => keypoints.slice(3 * index, 3 * index + 3));
    expect(annotation.num_keypoints).toBe(triples.filter(([, , v]) => v > 0).length);
    for (const [px, py, v] of triples) if (v === 0) expect([px, py]).toEqual([0, 0]);
    const [x, y, width, height] = annotation.bbox;
    expect(annotation.area).toBeCloseTo(width * height, 9);
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
    expect(x + width).toBeLessThanOrEqual(image.width + 1e-9);
    expect(y + height).toBeLessThanOrEqual(image.height + 1e-9);
  }
  return coco;
}

describe('COCO', () => {
  const hands = (count: number): ExportSample[] =>
    makeSamples({
      count,
      widthPx: 40,
      heightPx: 30,
      annotations: (random, index) =>
        index % 7 === 6 ? [] : [randomHand(random), ...(index % 2 === 0 ? [randomGaze(random)] : [])],
    });

  it('holds every labelled point, the box around the visible ones, and the bones', async () => {
    const samples = hands(25);
    await exported(samples);
    for (const split of ['train', 'test'] as const) {
      const coco = readCoco(split);
      const expected = samples.filter((sample) => sample.split === split);
      expect(coco.images.map((image) => image.file_name)).toEqual(
        expected.map((sample) => `${sample.name}.png`),
      );
      const layout = keypointLayout('hand-21', 21);
      expect(coco.categories.map(({ name }) => name)).toEqual(['hand']);
      expect(coco.categories[0].keypoints).toEqual(layout.names);
      expect(coco.categories[0].skeleton.slice(0, 2)).toEqual([
        [1, 2],
        [2, 3],
      ]);
      const labelled = expected.flatMap((sample, image) =>
        sample.annotations.flatMap((label) => (label.kind === 'keypoints' ? [{ image, label, sample }] : [])),
      );
      expect(coco.annotations.length).toBe(labelled.length);
      for (const [index, { image, label, sample }] of labelled.entries()) {
        const annotation = coco.annotations[index];
        expect(annotation.image_id).toBe(image + 1);
        expect(annotation.keypoints).toEqual(
          label.points.flatMap(({ x, y, visibility: v }) => (v === 0 ? [0, 0, 0] : [x, y, v])),
        );
        expect(annotation.keypoints_z_mm).toEqual(label.points.map((point) => point.zMm));
        expect(annotation.gaze !== undefined).toBe(sample.annotations.some(({ kind }) => kind === 'gaze'));
        const visible = label.points.filter((point) => point.visibility === 2);
        const left = Math.max(0, Math.min(...visible.map((point) => point.x)));
        const right = Math.min(40, Math.max(...visible.map((point) => point.x)));
        expect(annotation.bbox[0]).toBeCloseTo(left, 9);
        expect(annotation.bbox[2]).toBeCloseTo(right - left, 9);
      }
    }
  });

  it('gives the whole image to labels without points, and a pixel to points that fall together', async () => {
    const point = (x: number, y: number, visibility: 0 | 1 | 2): Keypoint => ({ x, y, visibility });
    const labels: Annotation[][] = [
      [{ kind: 'gaze', vector: [0, 0, -1], pitchRad: 0, yawRad: 0 }],
      [{ kind: 'category', name: 'cat' }],
      [{ kind: 'keypoints', layout: 'own', points: [point(5, 5, 0), point(6, 6, 0)] }],
      [{ kind: 'keypoints', layout: 'own', points: [point(11, 7, 2), point(2, 2, 1)] }],
      [],
      [{ kind: 'keypoints', layout: 'own', points: [point(-9, 3, 1)] }],
      [
        { kind: 'keypoints', layout: 'own', points: [point(1, 2, 2), point(4, 6, 2)] },
        { kind: 'category', name: 'cat' },
      ],
    ];
    await exported(makeSamples({ count: labels.length, annotations: (_, index) => labels[index] }));
    const coco = readCoco('train');
    const name = (id: number): string => coco.categories[id - 1].name;
    expect(coco.annotations.map(({ bbox, category_id: id }) => [name(id), bbox])).toEqual([
      ['gaze', [0, 0, 11, 7]],
      ['cat', [0, 0, 11, 7]],
      ['object', [0, 0, 11, 7]],
      ['object', [10, 6, 1, 1]],
      ['object', [0, 2.5, 1, 1]],
      ['cat (own)', [1, 2, 3, 4]],
    ]);
    expect(readCoco('test')).toMatchObject({ annotations: [], categories: coco.categories });
  });
});
