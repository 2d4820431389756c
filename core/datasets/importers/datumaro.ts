import { z } from 'zod';
import type { Annotation, Keypoint } from '../../contract/annotation.ts';
import { layoutOfNames } from '../../contract/keypoint-layouts.ts';
import { baseName } from './folder.ts';
import {
  defineLabelFiles,
  nothingShared,
  withNameOptions,
  type LabelFile,
  type NamedLabel,
  type NotThisFormat,
} from './label-files.ts';
import { problemOf, type LabelDocument } from './label-document.ts';
import { hasLabel, pointOf } from './named-points.ts';

const shapeSchema = z.looseObject({
  type: z.string(),
  label_id: z.number().nullish(),
  points: z.array(z.number()).optional(),
  visibility: z.array(z.number()).optional(),
});

const annotationSchema = shapeSchema.extend({ elements: z.array(shapeSchema).optional() });

const documentSchema = z.looseObject({
  categories: z.looseObject({
    label: z.looseObject({ labels: z.array(z.looseObject({ name: z.string() })) }).optional(),
    points: z
      .looseObject({
        items: z.array(z.looseObject({ label_id: z.number(), labels: z.array(z.string()).optional() })),
      })
      .optional(),
  }),
  items: z.array(
    z.looseObject({
      id: z.string(),
      annotations: z.array(annotationSchema),
      image: z.looseObject({ path: z.string().optional() }).optional(),
      media: z.looseObject({ path: z.string().optional() }).optional(),
    }),
  ),
});

type DatumaroDocument = z.output<typeof documentSchema>;
type DatumaroAnnotation = z.output<typeof annotationSchema>;

/** Datumaro (github.com/openvinotoolkit/datumaro): annotations/<subset>.json with points, skeletons, labels. */
export const datumaro = defineLabelFiles({
  id: 'datumaro',
  title: 'Datumaro',
  describes: 'annotations/<subset>.json with items: points, skeletons, labels; images in images/<subset>.',
  roles: ['synthetic', 'real'],
  optionsSchema: withNameOptions({}),
  certainty: 0.97,
  mayBe: (path) => /\.json$/i.test(path),
  share: nothingShared,
  open,
});

async function open(document: LabelDocument): Promise<LabelFile | NotThisFormat> {
  const head = await document.head();
  if (!/"(?:items|categories)"/.test(head)) {
    return { refused: 'has no "items" and "categories" as Datumaro has' };
  }
  const parsed = documentSchema.safeParse(await document.json());
  if (!parsed.success) {
    const isClose = /"items"\s*:\s*\[/.test(head);
    return { refused: `is not as Datumaro has it (${problemOf(parsed.error)})`, isClose };
  }
  const content = parsed.data;
  return { what: `${content.items.length} items`, labels: () => labelsOf(content) };
}

function* labelsOf(content: DatumaroDocument): Generator<NamedLabel> {
  for (const item of content.items) {
    const path = item.image?.path ?? item.media?.path;
    const names = [...(path === undefined ? [] : [path]), item.id, baseName(item.id)];
    const objects = item.annotations.filter(({ type }) => type === 'points' || type === 'skeleton');
    const [object] = [...objects].sort((left, right) => sizeOf(right) - sizeOf(left));
    const label = item.annotations.find(({ type }) => type === 'label' || type === 'bbox');
    const name = content.categories.label?.labels[label?.label_id ?? -1]?.name;
    const keypoints = objects.length > 0 ? keypointsOf(object, content) : undefined;
    const annotations: Annotation[] = [
      ...(keypoints && hasLabel(keypoints) ? [keypoints] : []),
      ...(name === undefined ? [] : [{ kind: 'category', name } as const]),
    ];
    const left = objects.length - 1;
    yield {
      names,
      annotations,
      notes:
        left > 0
          ? [{ about: 'objects-left-out', message: `Has ${left + 1} labelled objects; the largest is used.` }]
          : [],
    };
  }
}

const sizeOf = ({ points, elements }: DatumaroAnnotation): number => (points ?? elements ?? []).length;

function keypointsOf(annotation: DatumaroAnnotation, { categories }: DatumaroDocument) {
  const points = (annotation.elements ?? [annotation]).flatMap(pointsOf);
  const names = categories.points?.items.find(({ label_id: id }) => id === annotation.label_id)?.labels ?? [];
  return { kind: 'keypoints', layout: layoutOfNames(names) ?? `points-${points.length}`, points } as const;
}

function pointsOf({ points = [], visibility }: z.output<typeof shapeSchema>): Keypoint[] {
  return Array.from({ length: Math.floor(points.length / 2) }, (_, place) =>
    pointOf(points[2 * place], points[2 * place + 1], visibility?.[place] ?? 2),
  );
}
