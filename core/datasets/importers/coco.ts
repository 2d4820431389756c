import { z } from 'zod';
import { gazeFromAngles, type Annotation, type Keypoint, type Keypoints } from '../../contract/annotation.ts';
import { layoutOfNames } from '../../contract/keypoint-layouts.ts';
import { baseName, stemOf } from './folder.ts';
import type { ImportNote } from './import-item.ts';
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

const idSchema = z.union([z.number(), z.string()]).transform(String);
const numbers = z.array(z.number().nullable());

const imageSchema = z.looseObject({ id: idSchema, file_name: z.string().min(1) });

const objectSchema = z.looseObject({
  image_id: idSchema,
  category_id: idSchema.optional(),
  bbox: numbers.optional(),
  iscrowd: z.union([z.number(), z.boolean()]).optional(),
  keypoints: numbers.optional(),
  lefthand_kpts: numbers.optional(),
  righthand_kpts: numbers.optional(),
  keypoints_z_mm: numbers.optional(),
  gaze: z.object({ pitch_rad: z.number(), yaw_rad: z.number() }).optional(),
});

const categorySchema = z.looseObject({
  id: idSchema,
  name: z.string(),
  supercategory: z.string().optional(),
  keypoints: z.array(z.string()).optional(),
});

const documentSchema = z.looseObject({
  info: z.looseObject({ description: z.string().optional() }).optional(),
  images: z.array(imageSchema),
  annotations: z.array(objectSchema),
  categories: z.array(categorySchema).optional(),
});

type CocoObject = z.output<typeof objectSchema>;
type CocoCategory = z.output<typeof categorySchema>;
type CocoDocument = z.output<typeof documentSchema>;

const optionsSchema = withNameOptions({
  /** Which points to read: the object's own, or a hand of COCO-WholeBody. */
  part: z.enum(['keypoints', 'lefthand_kpts', 'righthand_kpts']).default('keypoints'),
});

type Part = z.output<typeof optionsSchema>['part'];

/**
 * COCO (cocodataset.org, "Data format"): keypoints, and the category of objects where there are several. An image has one
 * object here: the largest; a note says how many were left out.
 */
export const coco = defineLabelFiles({
  id: 'coco',
  title: 'COCO keypoints',
  describes: 'A JSON file with images, annotations and categories: keypoints (also hands of COCO-WholeBody).',
  roles: ['synthetic', 'real'],
  optionsSchema,
  certainty: 0.97,
  mayBe: (path) => /\.json$/i.test(path),
  share: nothingShared,
  open: (document, { part }) => open(document, part),
});

async function open(document: LabelDocument, part: Part): Promise<LabelFile | NotThisFormat> {
  const head = await document.head();
  if (!/"(?:images|annotations|categories)"/.test(head)) {
    return { refused: 'has no "images" and "annotations" as COCO has' };
  }
  const parsed = documentSchema.safeParse(await document.json());
  if (!parsed.success) {
    const isClose = /"images"\s*:\s*\[/.test(head);
    return { refused: `is not as COCO has it (${problemOf(parsed.error)})`, isClose };
  }
  const content = parsed.data;
  const objects = content.annotations.length;
  return {
    what: `COCO with ${content.images.length} images and ${objects} annotations`,
    labels: () => labelsOf(content, document.path, part),
  };
}

function* labelsOf(content: CocoDocument, path: string, part: Part): Generator<NamedLabel> {
  const categories = new Map((content.categories ?? []).map((one) => [one.id, one]));
  const objects = new Map<string, CocoObject[]>();
  for (const object of content.annotations) {
    const list = objects.get(object.image_id);
    if (list) list.push(object);
    else objects.set(object.image_id, [object]);
  }
  const namesCategory = namer(content);
  for (const image of content.images) {
    const all = (objects.get(image.id) ?? []).filter(({ iscrowd }) => !iscrowd);
    const [object] = [...all].sort((left, right) => sizeOf(right, part) - sizeOf(left, part));
    const names = namesOf(image.file_name, path);
    if (all.length === 0) {
      yield { names, annotations: [] };
      continue;
    }
    const category = categories.get(object.category_id ?? '');
    const { annotations, notes } = read(object, category, part);
    const name = category && namesCategory(category);
    const left = all.length - 1;
    yield {
      names,
      annotations: [...annotations, ...(name ? [{ kind: 'category', name } as const] : [])],
      notes: [...notes, ...(left > 0 ? [leftOut(left)] : [])],
      source: { id: image.id, bbox: object.bbox },
    };
  }
}

/** The name as it is written, and below the folder of images that the name of the label file suggests. */
function namesOf(fileName: string, path: string): string[] {
  const split = /(?:^|_)([A-Za-z]+\d*)$/.exec(stemOf(baseName(path)))?.[1];
  return split === undefined
    ? [fileName]
    : [`../images/${split}/${fileName}`, `../${split}/${fileName}`, fileName];
}

const leftOut = (count: number): ImportNote => ({
  about: 'objects-left-out',
  message: `Has ${count + 1} labelled objects; the largest is used.`,
});

/** Objects with points come first, then the larger box. */
function sizeOf(object: CocoObject, part: Part): number {
  const [, , width, height] = object.bbox ?? [];
  const isLabelled = (object[part] ?? []).some((value, place) => place % 3 === 2 && (value ?? 0) > 0);
  return (width ?? 0) * (height ?? 0) + (isLabelled ? 1e12 : 0);
}

function read(
  object: CocoObject,
  category: CocoCategory | undefined,
  part: Part,
): { annotations: Annotation[]; notes: ImportNote[] } {
  const points = pointsOf(object[part] ?? [], object.keypoints_z_mm);
  const names = part === 'keypoints' ? (category?.keypoints ?? []) : [];
  const isHand = part !== 'keypoints' && points.length === 21;
  const layout = isHand ? 'hand-21' : (layoutOfNames(names) ?? `points-${points.length}`);
  const keypoints: Keypoints = { kind: 'keypoints', layout, points };
  const missing = points.length > 0 ? missingPoints(object[part] ?? []) : 0;
  return {
    annotations: [
      ...(object.gaze ? [gazeFromAngles(object.gaze.pitch_rad, object.gaze.yaw_rad)] : []),
      ...(hasLabel(keypoints) ? [keypoints] : []),
    ],
    notes:
      missing === 0
        ? []
        : [
            {
              about: 'points-missing',
              message: `${missing} points have no number and count as not labelled.`,
            },
          ],
  };
}

function pointsOf(
  values: readonly (number | null)[],
  depths: readonly (number | null)[] | undefined,
): Keypoint[] {
  return Array.from({ length: Math.floor(values.length / 3) }, (_, place) => {
    const [x, y, v] = values.slice(3 * place, 3 * place + 3);
    const point = pointOf(x ?? Number.NaN, y ?? Number.NaN, v ?? 0);
    const zMm = depths?.[place];
    return point.visibility === 0 || zMm === undefined || zMm === null ? point : { ...point, zMm };
  });
}

const missingPoints = (values: readonly (number | null)[]): number =>
  values.filter(
    (v, place) =>
      place % 3 === 2 && (v ?? 0) > 0 && (values[place - 2] === null || values[place - 1] === null),
  ).length;

/**
 * Whether the category of an object says something of it. Where there is one category with points, it says what all
 * images show. An export of this program says it by the supercategory.
 */
function namer({ info, categories = [] }: CocoDocument): (category: CocoCategory) => string | undefined {
  const isOwn = info?.description?.includes('SimGAN Studio') === true;
  const isAlone = categories.length === 1 && (categories[0].keypoints?.length ?? 0) > 0;
  return ({ name, supercategory }) => {
    if (isOwn) return name === supercategory || name === 'gaze' ? undefined : name;
    return isAlone ? undefined : name;
  };
}
