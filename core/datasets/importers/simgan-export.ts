import { z } from 'zod';
import { gazeFromAngles, type Annotation } from '../../contract/annotation.ts';
import { defineLabelFiles, nothingShared, withNameOptions, type NamedLabel } from './label-files.ts';
import { problemOf, type LabelDocument } from './label-document.ts';
import { readLines } from './text-source.ts';

const annotationSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('gaze'), pitch_rad: z.number(), yaw_rad: z.number() }),
    z.object({
      kind: z.literal('keypoints'),
      layout: z.string(),
      points: z.array(
        z.object({
          x: z.number(),
          y: z.number(),
          z_mm: z.number().optional(),
          visibility: z.union([z.literal(0), z.literal(1), z.literal(2)]),
        }),
      ),
    }),
    z.object({ kind: z.literal('category'), name: z.string().min(1) }),
  ])
  .transform((annotation): Annotation => {
    switch (annotation.kind) {
      case 'gaze':
        return gazeFromAngles(annotation.pitch_rad, annotation.yaw_rad);
      case 'keypoints': {
        const points = annotation.points.map(({ z_mm: zMm, ...point }) =>
          zMm === undefined ? point : { ...point, zMm },
        );
        return { ...annotation, points };
      }
      case 'category':
        return annotation;
    }
  });

const lineSchema = z.looseObject({
  file_name: z.string().min(1),
  annotations: z.array(annotationSchema),
});

/** What `exporters/jsonl.ts` writes: images with their labels whole. */
export const simganExport = defineLabelFiles({
  id: 'simgan-export',
  title: 'Export of SimGAN Studio',
  describes: 'A folder that this program exported, by its labels.jsonl: every label as it was.',
  roles: ['synthetic', 'real'],
  optionsSchema: withNameOptions({}),
  certainty: 1,
  mayBe: (path) => /\.jsonl$/i.test(path),
  share: nothingShared,
  async open(document) {
    for await (const line of readLines(document.absolutePath, 'utf-8')) {
      if (!isOwnLine(line)) break;
      return { what: 'labels of an export', labels: () => labelsOf(document) };
    }
    return { refused: 'is no list of labels as this program exports it' };
  },
});

function isOwnLine(line: string): boolean {
  try {
    return lineSchema.safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}

async function* labelsOf({ absolutePath }: LabelDocument) {
  let number = 0;
  for await (const text of readLines(absolutePath, 'utf-8')) {
    number += 1;
    if (text.trim() !== '') yield readLine(text, number);
  }
}

function readLine(text: string, line: number): NamedLabel | BadLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { names: [], line, reason: 'bad-label', message: 'Is no JSON.' };
  }
  const parsed = lineSchema.safeParse(json);
  if (parsed.success) {
    const { file_name: name, annotations, ...source } = parsed.data;
    return { names: [name], line, annotations, source };
  }
  const message = `Is no label (${problemOf(parsed.error)}).`;
  return { names: [], line, reason: 'bad-label', message };
}

interface BadLine {
  readonly names: readonly string[];
  readonly line: number;
  readonly reason: 'bad-label';
  readonly message: string;
}
