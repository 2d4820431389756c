import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { messageOf } from '../../base/studio-error.ts';
import type { Annotation, Keypoint } from '../../contract/annotation.ts';
import {
  defineLabelFiles,
  withNameOptions,
  type LabelFile,
  type NamedLabel,
  type NotThisFormat,
} from './label-files.ts';
import { problemOf, type LabelDocument } from './label-document.ts';
import { hasLabel, orderOfNames, pointOf, pointsInOrder, type PointOrder } from './named-points.ts';

const pointsSchema = z.looseObject({
  label: z.string(),
  points: z.string(),
  outside: z.string().optional(),
  occluded: z.string().optional(),
});

const imageSchema = z.looseObject({
  name: z.string(),
  skeleton: z
    .array(z.looseObject({ label: z.string(), points: z.array(pointsSchema).default([]) }))
    .default([]),
  points: z.array(pointsSchema).default([]),
  tag: z.array(z.looseObject({ label: z.string() })).default([]),
  box: z.array(z.looseObject({ label: z.string() })).default([]),
});

const documentSchema = z.looseObject({
  annotations: z.looseObject({ image: z.array(imageSchema) }),
});

type CvatImage = z.output<typeof imageSchema>;

const LISTS = new Set(['image', 'skeleton', 'points', 'tag', 'box']);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  isArray: (name, _path, _isLeaf, isAttribute) => LISTS.has(name) && !isAttribute,
});

/**
 * "CVAT for images 1.1" (docs.cvat.ai, XML annotation format): skeletons and points of each image, tags. A point that is
 * outside is not labelled, one that is occluded is hidden.
 */
export const cvat = defineLabelFiles({
  id: 'cvat',
  title: 'CVAT for images',
  describes: 'annotations.xml of CVAT: skeletons, points, tags.',
  roles: ['synthetic', 'real'],
  optionsSchema: withNameOptions({}),
  certainty: 0.97,
  mayBe: (path) => /\.xml$/i.test(path),
  share: orderOf,
  open: (document, _options, { shared }) => open(document, shared),
});

async function orderOf(documents: Iterable<LabelDocument>): Promise<PointOrder> {
  const names = new Set<string>();
  for (const document of documents) {
    const images = await imagesOf(document);
    if ('refused' in images) continue;
    for (const image of images)
      for (const object of objectsOf(image)) for (const name of object.keys()) names.add(name);
  }
  return orderOfNames(names);
}

/** The images of a document, or why there are none. */
async function imagesOf(document: LabelDocument): Promise<readonly CvatImage[] | NotThisFormat> {
  if (!(await document.head()).includes('<annotations>')) {
    return { refused: 'has no <annotations> as CVAT has' };
  }
  try {
    const text = await document.text();
    // The parser takes a file that was cut off for one with fewer images.
    if (!/<\/annotations>\s*$/.test(text)) {
      return { refused: 'is cut off: it does not end with </annotations>', isClose: true };
    }
    if (!text.includes('<image ')) {
      return { refused: 'has no <image> as "CVAT for images" has', isClose: true };
    }
    const parsed = documentSchema.safeParse(parser.parse(text));
    if (parsed.success) return parsed.data.annotations.image;
    return { refused: `is not as "CVAT for images" has it (${problemOf(parsed.error)})`, isClose: true };
  } catch (error) {
    return { refused: `is no XML (${messageOf(error)})`, isClose: true };
  }
}

async function open(document: LabelDocument, order: PointOrder): Promise<LabelFile | NotThisFormat> {
  const images = await imagesOf(document);
  if ('refused' in images) return images;
  return {
    what: `${images.length} images${order.names.length > 0 ? ` with points ${order.names.join(', ')}` : ''}`,
    labels: () => images.map((image) => labelOf(image, order)),
  };
}

function labelOf(image: CvatImage, order: PointOrder): NamedLabel {
  const objects = objectsOf(image);
  const [largest = new Map<string, Keypoint>()] = [...objects].sort((left, right) => right.size - left.size);
  const keypoints = pointsInOrder(order, largest);
  const name = (image.tag[0] ?? image.box[0])?.label;
  const annotations: Annotation[] = [
    ...(hasLabel(keypoints) ? [keypoints] : []),
    ...(name === undefined ? [] : [{ kind: 'category', name } as const]),
  ];
  const left = objects.length - 1;
  return {
    names: [image.name],
    annotations,
    notes:
      left > 0
        ? [{ about: 'objects-left-out', message: `Has ${left + 1} labelled objects; the largest is used.` }]
        : [],
  };
}

/** Skeletons, else lists of points by their number, else single points by their label, each an object. */
function objectsOf({ skeleton, points }: CvatImage): ReadonlyMap<string, Keypoint>[] {
  if (skeleton.length > 0)
    return skeleton.map((one) => new Map(one.points.map((part) => [part.label, firstOf(part)])));
  const lists = points.filter((shape) => shape.points.includes(';'));
  if (lists.length > 0) {
    return lists.map((shape) => new Map(coordinates(shape).map((point, place) => [String(place), point])));
  }
  return points.length === 0 ? [] : [new Map(points.map((shape) => [shape.label, firstOf(shape)]))];
}

type Shape = z.output<typeof pointsSchema>;

const firstOf = (shape: Shape): Keypoint => coordinates(shape)[0] ?? { x: 0, y: 0, visibility: 0 };

function coordinates({ points, outside, occluded }: Shape): Keypoint[] {
  const visibility = outside === '1' ? 0 : occluded === '1' ? 1 : 2;
  return points.split(';').map((pair) => {
    const [x = Number.NaN, y = Number.NaN] = pair.split(',').map(Number);
    return pointOf(x, y, visibility);
  });
}
