import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Annotation } from '../../contract/annotation.ts';
import { exportDataset } from '../exporters/export-dataset.ts';
import { makeSamples, randomGaze, randomHand, streamOf, testHeader } from '../exporters/export-fixture.ts';
import type { LabelFormatId } from '../exporters/manifest.ts';
import { importerOf } from './importers.ts';
import { collect } from './testing.ts';

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'simgan-round-trip-'));
});
afterEach(async () => rm(work, { recursive: true }));

const samples = makeSamples({
  count: 12,
  widthPx: 40,
  heightPx: 30,
  name: (index) =>
    ['Übung, 1', 'a"b', '目/瞳', `p0${index % 2}/${index}`][index] ?? `p0${index % 2}/${index}`,
  annotations: (random, index) => [
    randomGaze(random),
    { kind: 'category', name: index % 2 === 0 ? 'open' : 'closed' },
    randomHand(random),
  ],
});

async function reimported(formats: readonly LabelFormatId[]): Promise<{
  format: string;
  labels: Map<string, readonly Annotation[]>;
}> {
  const folder = join(work, formats.join('-'));
  await exportDataset(folder, streamOf(samples), { formats, header: testHeader, existing: 'refuse' });
  const { importer } = await importerOf(folder, 'synthetic', undefined);
  const items = await collect(importer.read(folder, {}, new AbortController().signal));
  const images = items.flatMap((item) => (item.kind === 'image' ? [item] : []));
  return { format: importer.id, labels: new Map(images.map(({ path, annotations }) => [path, annotations])) };
}

const pathOf = ({ split, name }: (typeof samples)[number]): string => `images/${split}/${name}.png`;

const byKind = (annotations: readonly Annotation[]): Annotation[] =>
  [...annotations].sort((left, right) => left.kind.localeCompare(right.kind));

describe('an export of this program', () => {
  it('is imported as it was', async () => {
    const { format, labels } = await reimported(['jsonl', 'csv', 'coco']);
    expect(format).toBe('simgan-export');
    expect(labels.size).toBe(samples.length);
    for (const sample of samples) expect(labels.get(pathOf(sample))).toEqual(sample.annotations);
  });

  it.each([
    { formats: ['csv'], format: 'table' },
    { formats: ['coco'], format: 'coco' },
  ] as const)('is imported from its $formats alone', async ({ formats, format }) => {
    const read = await reimported(formats);
    expect(read.format).toBe(format);
    for (const sample of samples) {
      const labels = byKind(read.labels.get(pathOf(sample)) ?? []);
      const expected = byKind(sample.annotations.map(withoutUnlabelled));
      expect(labels.map((label) => rounded(label))).toEqual(expected.map((label) => rounded(label)));
    }
  });
});

/** Where points that are not labelled lie is not kept by every format. */
function withoutUnlabelled(annotation: Annotation): Annotation {
  if (annotation.kind !== 'keypoints') return annotation;
  const points = annotation.points.map((point) =>
    point.visibility === 0 ? ({ x: 0, y: 0, visibility: 0 } as const) : point,
  );
  return { ...annotation, points };
}

/** To 12 digits: angles are made from the vector again. */
const rounded = (annotation: Annotation): unknown =>
  JSON.parse(
    JSON.stringify(annotation, (_key, value: unknown) =>
      typeof value === 'number' ? Number(value.toFixed(12)) : value,
    ),
  );
