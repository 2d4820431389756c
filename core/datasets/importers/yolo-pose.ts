import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { Annotation } from '../../contract/annotation.ts';
import { baseName, folderOf, joinPath, stemOf } from './folder.ts';
import type { Survey } from './importer.ts';
import {
  defineLabelFiles,
  withNameOptions,
  type LabelFile,
  type NamedLabel,
  type NotThisFormat,
  type Size,
} from './label-files.ts';
import type { LabelDocument } from './label-document.ts';
import { hasLabel, pointOf } from './named-points.ts';

/** What data.yaml says of all label files. */
interface DataYaml {
  /** Numbers of each point: x, y, and a visibility where there are three. */
  readonly dimensions: number | undefined;
  readonly classes: ReadonlyMap<number, string>;
}

const dataSchema = z.looseObject({
  kpt_shape: z.tuple([z.number(), z.number()]).optional(),
  names: z.union([z.array(z.string()), z.record(z.string(), z.string())]).optional(),
});

const BOX_NUMBERS = 5;

/**
 * YOLO-pose (docs.ultralytics.com/datasets/pose): a text file for each image with a line for each object: class, box and
 * points as shares of the image's size. `labels` in the path stands for `images`. A point at 0, 0 is not labelled.
 */
export const yoloPose = defineLabelFiles({
  id: 'yolo-pose',
  title: 'YOLO-pose',
  describes:
    'Text files in labels/ for the images in images/, with data.yaml: points, or the class of a box.',
  roles: ['synthetic', 'real'],
  optionsSchema: withNameOptions({}),
  certainty: 0.93,
  mayBe: (path) => /\.txt$/i.test(path),
  share: (_documents, survey) => readDataYaml(survey),
  open: (document, _options, { shared }) => open(document, shared),
});

async function readDataYaml({ documents }: Survey): Promise<DataYaml> {
  for (const document of documents.filter(({ path }) => /\.ya?ml$/i.test(path))) {
    const parsed = dataSchema.safeParse(parseOrNothing(await document.text()));
    if (!parsed.success || (!parsed.data.names && !parsed.data.kpt_shape)) continue;
    const names = Object.entries(parsed.data.names ?? {});
    return {
      dimensions: parsed.data.kpt_shape?.[1],
      classes: new Map(names.map(([id, name]) => [Number(id), name])),
    };
  }
  return { dimensions: undefined, classes: new Map() };
}

/** Another YAML file may be anything. */
function parseOrNothing(text: string): unknown {
  try {
    return parseYaml(text);
  } catch {
    return undefined;
  }
}

async function open(document: LabelDocument, data: DataYaml): Promise<LabelFile | NotThisFormat> {
  const { path } = document;
  const lines = (await document.text()).split(/\r\n|\n|\r/).map((line) => line.trim());
  const objects = lines.filter((line) => line !== '').map((line) => line.split(/\s+/).map(Number));
  // An empty file stands for an image without an object.
  if (objects.length === 0 && !/(?:^|\/)labels\//.test(path)) return { refused: 'is empty' };
  const isOther = objects.some((numbers) => !isObject(numbers));
  if (isOther)
    return { refused: 'has lines that are no YOLO objects (class and a box in shares of the image)' };
  const points = Math.max(0, ...objects.map((numbers) => numbers.length - BOX_NUMBERS));
  return {
    what: points > 0 ? `objects with points (${points} numbers)` : 'boxes with a class',
    labels: () => [labelOf(path, objects, data)],
  };
}

const isObject = (numbers: readonly number[]): boolean =>
  numbers.length >= BOX_NUMBERS &&
  numbers.every(Number.isFinite) &&
  Number.isInteger(numbers[0]) &&
  numbers[0] >= 0 &&
  numbers.slice(1, BOX_NUMBERS).every((share) => share >= -0.01 && share <= 1.01);

function labelOf(path: string, objects: readonly (readonly number[])[], data: DataYaml): NamedLabel {
  const stem = stemOf(baseName(path));
  const folder = folderOf(path);
  const beside = folder.replace(/(^|\/)labels(?=\/|$)(?!.*(?:^|\/)labels(?:\/|$))/, '$1images');
  const names = [joinPath(beside, stem), joinPath(folder, stem), stem];
  if (objects.length === 0) return { names, annotations: [] };
  const area = (numbers: readonly number[]): number => numbers[3] * numbers[4];
  const [largest] = [...objects].sort((left, right) => area(right) - area(left));
  const left = objects.length - 1;
  return {
    names,
    line: objects.indexOf(largest) + 1,
    annotations: (size) => annotationsOf(largest, data, size),
    source: { box: largest.slice(1, BOX_NUMBERS) },
    ...(left === 0
      ? {}
      : {
          notes: [
            { about: 'objects-left-out', message: `Has ${left + 1} labelled objects; the largest is used.` },
          ],
        }),
  };
}

function annotationsOf(object: readonly number[], data: DataYaml, size: Size): Annotation[] {
  const values = object.slice(BOX_NUMBERS);
  const name = data.classes.get(object[0]) ?? String(object[0]);
  // Where all images show the same, the class says nothing.
  const category: Annotation[] =
    values.length > 0 && data.classes.size <= 1 ? [] : [{ kind: 'category', name }];
  if (values.length === 0) return category;
  const step = data.dimensions ?? dimensionsOf(values);
  const points = Array.from({ length: Math.floor(values.length / step) }, (_, place) => {
    const [x, y, v = x === 0 && y === 0 ? 0 : 2] = values.slice(place * step, (place + 1) * step);
    return pointOf(x * size.widthPx, y * size.heightPx, v);
  });
  const keypoints = { kind: 'keypoints', layout: `points-${points.length}`, points } as const;
  return hasLabel(keypoints) ? [...category, keypoints] : category;
}

/** Three numbers for each point where every third is a visibility, else two. */
function dimensionsOf(values: readonly number[]): number {
  const isVisibility = (value: number, place: number): boolean =>
    place % 3 !== 2 || [0, 1, 2].includes(value);
  return values.length % 3 === 0 && values.every(isVisibility) ? 3 : 2;
}
