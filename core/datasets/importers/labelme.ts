import { z } from 'zod';
import type { Annotation, Keypoint } from '../../contract/annotation.ts';
import { baseName, stemOf } from './folder.ts';
import {
  defineLabelFiles,
  withNameOptions,
  type LabelFile,
  type NamedLabel,
  type NotThisFormat,
} from './label-files.ts';
import { problemOf, type LabelDocument } from './label-document.ts';
import { hasLabel, orderOfNames, pointOf, pointsInOrder, type PointOrder } from './named-points.ts';

const shapeSchema = z.looseObject({
  label: z.string(),
  points: z.array(z.array(z.number()).min(2)),
  group_id: z.number().nullish(),
  shape_type: z.string().optional(),
});

const fileSchema = z.looseObject({
  imagePath: z.string(),
  shapes: z.array(shapeSchema),
  flags: z.record(z.string(), z.boolean()).nullish(),
});

type LabelMeFile = z.output<typeof fileSchema>;

/**
 * LabelMe (github.com/wkentaro/labelme): a JSON file for each image. Points of one group are an object; LabelMe has no
 * visibility. A flag that is set, or the label of a box, is a category.
 */
export const labelMe = defineLabelFiles({
  id: 'labelme',
  title: 'LabelMe',
  describes: 'A JSON file beside each image with shapes: points by their labels, flags.',
  roles: ['synthetic', 'real'],
  optionsSchema: withNameOptions({}),
  certainty: 0.97,
  mayBe: (path) => /\.json$/i.test(path),
  share: orderOf,
  open: (document, _options, { shared }) => open(document, shared),
});

async function orderOf(documents: Iterable<LabelDocument>): Promise<PointOrder> {
  const names = new Set<string>();
  for (const document of documents) {
    const file = await fileOf(document).catch(() => undefined);
    if (file && 'shapes' in file) for (const { label } of pointsOf(file)) names.add(label);
  }
  return orderOfNames(names);
}

/** @throws StudioError for a file that is no JSON */
async function fileOf(document: LabelDocument): Promise<LabelMeFile | NotThisFormat> {
  // The image itself may stand before the shapes.
  const head = await document.head();
  if (!/"(?:shapes|imagePath|imageData)"/.test(head)) {
    return { refused: 'has no "shapes" and "imagePath" as LabelMe has' };
  }
  const parsed = fileSchema.safeParse(await document.json());
  if (parsed.success) return parsed.data;
  return {
    refused: `is not as LabelMe has it (${problemOf(parsed.error)})`,
    isClose: head.includes('"shapes"'),
  };
}

const pointsOf = ({ shapes }: LabelMeFile): LabelMeFile['shapes'] =>
  shapes.filter(({ shape_type: type, points }) => (type ?? 'point') === 'point' && points.length === 1);

async function open(document: LabelDocument, order: PointOrder): Promise<LabelFile | NotThisFormat> {
  const file = await fileOf(document);
  if (!('shapes' in file)) return file;
  const what = order.names.length > 0 ? `points ${order.names.join(', ')}` : 'shapes without points';
  return { what, labels: () => [labelOf(file, document.path, order)] };
}

function labelOf(file: LabelMeFile, path: string, order: PointOrder): NamedLabel {
  const groups = new Map<number | undefined, Map<string, Keypoint>>();
  for (const { label, group_id: id, points } of pointsOf(file)) {
    const group = groups.get(id ?? undefined) ?? new Map<string, Keypoint>();
    group.set(label, pointOf(points[0][0], points[0][1], 2));
    groups.set(id ?? undefined, group);
  }
  const [largest = new Map<string, Keypoint>()] = [...groups.values()].sort(
    (left, right) => right.size - left.size,
  );
  const keypoints = pointsInOrder(order, largest);
  const name =
    Object.entries(file.flags ?? {}).find(([, isSet]) => isSet)?.[0] ??
    file.shapes.find(({ shape_type: type }) => type !== undefined && type !== 'point')?.label;
  const annotations: Annotation[] = [
    ...(hasLabel(keypoints) ? [keypoints] : []),
    ...(name === undefined ? [] : [{ kind: 'category', name } as const]),
  ];
  const left = groups.size - 1;
  return {
    names: [file.imagePath, stemOf(baseName(path))],
    annotations,
    notes:
      left > 0
        ? [{ about: 'objects-left-out', message: `Has ${left + 1} groups of points; the largest is used.` }]
        : [],
  };
}
