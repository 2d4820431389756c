import { join } from 'node:path';
import { StudioError } from '../../base/studio-error.ts';
import type { Gaze, Keypoint, Keypoints } from '../../contract/annotation.ts';
import type { KeypointLayout } from '../../contract/keypoint-layouts.ts';
import type { ExportRecord, Split } from './export-sample.ts';
import { IMAGE_FOLDER } from './image-path.ts';
import { fileNameOf } from './jsonl.ts';
import { objectKey, objectsOf } from './label-format.ts';
import type { LabelFormat, LabelledObject, LabelSource, LabelSummary } from './label-format.ts';
import { readLines, type TextFile } from './text-file.ts';

const SPLITS: readonly Split[] = ['train', 'test'];

/** CVAT looks for this pattern of names, whatever the points belong to. */
const fileOf = (split: Split): string => `annotations/person_keypoints_${split}.json`;

const IMAGES_START = '"images":[';
const IMAGES_END = '],';

const DESCRIPTION =
  'Refined images by SimGAN Studio. Coordinates are in pixels from the top left corner of the top left pixel, ' +
  'whose centre is (0.5, 0.5); file_name is relative to images/<split>.';

/**
 * COCO keypoints (cocodataset.org, "Data format"), one file per split, one image and one annotation per line. What
 * COCO leaves open is decided so:
 * - the category of an object is the name of its category annotation, else what its keypoint layout describes, else
 *   "gaze"; categories are the same in both splits;
 * - the box holds the visible points, else the labelled ones, clipped to the image and at least 1 px wide and high
 *   (its area divides in COCO's similarity); an object without labelled points has the whole image for a box;
 * - gaze and depth stand in extra fields (`gaze`, `keypoints_z_mm`).
 */
export const cocoFormat: LabelFormat = {
  id: 'coco',
  title: 'COCO keypoints',
  loses: {
    gaze: 'kept in an extra field ("gaze") that COCO tools do not read',
    keypoints:
      'depths, where known, are kept in an extra field ("keypoints_z_mm") that COCO tools do not read',
  },
  write: writeCoco,
  async *readImagePaths(folder, path, signal) {
    const split = SPLITS.find((candidate) => path === fileOf(candidate));
    let section: 'before' | 'images' | 'after' = split ? 'before' : 'after';
    for await (const { line, number } of readLines(join(folder, path), signal)) {
      if (section === 'images' && line === IMAGES_END) section = 'after';
      if (section === 'images') {
        const fileName = fileNameOf(line.replace(/,$/, ''), `${path}, line ${number}`);
        yield `${IMAGE_FOLDER}/${split}/${fileName}`;
      }
      if (section === 'before' && line === IMAGES_START) section = 'images';
    }
    if (section !== 'after') {
      throw new StudioError('bad-input', `${path}: the list of images is not laid out as it was exported.`, {
        remedy: 'The file was changed after the export: export again.',
      });
    }
  },
  loading: loadingOf,
};

function loadingOf({ images }: LabelSummary): string {
  const split = SPLITS.find((candidate) => images[candidate] > 0) ?? 'train';
  return `import json
from PIL import Image
coco = json.load(open("${fileOf(split)}", encoding="utf-8"))
for entry in coco["images"]:
    image = Image.open("${IMAGE_FOLDER}/${split}/" + entry["file_name"])`;
}

async function writeCoco(source: LabelSource): Promise<void> {
  const categories = categoriesOf(source.summary);
  const head = {
    info: { description: DESCRIPTION, version: '1.0', contributor: source.header.libraryName, url: '' },
    licenses: [{ id: 1, name: source.header.licenceNote, url: '' }],
    categories: [...categories.values()],
  };
  const files = new Map<Split, TextFile>();
  for (const split of SPLITS) {
    if (source.summary.images[split] === 0) continue;
    const file = await source.create(fileOf(split));
    const fields = Object.entries(head).map(
      ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
    );
    await file.write(`{${fields.join(',\n')},\n${IMAGES_START}\n`);
    files.set(split, file);
  }
  await writeList(source, files, (record, imageId) => [imageOf(record, imageId)]);
  for (const file of files.values()) await file.write(`${IMAGES_END}\n"annotations":[\n`);
  await writeList(source, files, (record, imageId, nextId) =>
    objectsOf(record.annotations).map((object, index) =>
      annotationOf(record, object, { id: nextId + index, imageId, category: categoryOf(object, categories) }),
    ),
  );
  for (const file of files.values()) await file.write(']}\n');
}

/** Writes what each image gives to the file of its split, numbered from 1 in each. */
async function writeList(
  source: LabelSource,
  files: ReadonlyMap<Split, TextFile>,
  make: (record: ExportRecord, imageId: number, nextId: number) => object[],
): Promise<void> {
  const counts = { train: { images: 0, items: 0 }, test: { images: 0, items: 0 } };
  for await (const record of source.records()) {
    const count = counts[record.split];
    for (const item of make(record, ++count.images, count.items + 1)) {
      const separator = count.items++ === 0 ? '' : ',\n';
      await files.get(record.split)?.write(separator + JSON.stringify(item));
    }
  }
  for (const [split, file] of files) if (counts[split].items > 0) await file.write('\n');
}

function imageOf(record: ExportRecord, id: number): object {
  return {
    id,
    file_name: record.path.slice(`${IMAGE_FOLDER}/${record.split}/`.length),
    width: record.widthPx,
    height: record.heightPx,
    license: 1,
    source_id: record.id,
    source_sha256: record.source.sha256,
  };
}

interface CocoCategory {
  readonly id: number;
  readonly name: string;
  readonly supercategory: string;
  readonly keypoints: readonly string[];
  /** Pairs of places in `keypoints`, counted from 1. */
  readonly skeleton: readonly (readonly [number, number])[];
}

/** By `objectKey`. */
function categoriesOf(summary: LabelSummary): Map<string, CocoCategory> {
  const categories = new Map<string, CocoCategory>();
  const names = new Set<string>();
  for (const kind of summary.objectKinds) {
    const layout = summary.layouts.find((candidate) => candidate.id === kind.layout);
    const wanted = kind.category ?? layout?.subject ?? 'gaze';
    const name = names.has(wanted) ? `${wanted} (${layout?.id ?? 'no keypoints'})` : wanted;
    names.add(name);
    categories.set(objectKey(kind), {
      id: categories.size + 1,
      name,
      supercategory: layout?.subject ?? 'image',
      keypoints: layout?.names ?? [],
      skeleton: skeletonOf(layout),
    });
  }
  return categories;
}

const skeletonOf = (layout: KeypointLayout | undefined): [number, number][] =>
  (layout?.bones ?? []).map(([from, to]) => [from + 1, to + 1]);

function categoryOf(object: LabelledObject, categories: ReadonlyMap<string, CocoCategory>): CocoCategory {
  const key = objectKey({ category: object.category?.name, layout: object.keypoints?.layout });
  const category = categories.get(key);
  if (!category) throw new Error(`The summary of the labels lacks ${key}.`);
  return category;
}

function annotationOf(
  record: ExportRecord,
  { keypoints, gaze }: LabelledObject,
  ids: { readonly id: number; readonly imageId: number; readonly category: CocoCategory },
): object {
  // Tools take three values for each name of the category: points that an annotation lacks count as not labelled.
  const points = paddedPoints(keypoints, ids.category.keypoints.length);
  const [x, y, width, height] = boxOf(points, record.widthPx, record.heightPx);
  return {
    id: ids.id,
    image_id: ids.imageId,
    category_id: ids.category.id,
    iscrowd: 0,
    bbox: [x, y, width, height],
    area: width * height,
    segmentation: [],
    num_keypoints: points.filter(isLabelled).length,
    keypoints: points.flatMap((point) =>
      isLabelled(point) ? [point.x, point.y, point.visibility] : [0, 0, 0],
    ),
    ...(points.some((point) => point.zMm !== undefined) && {
      keypoints_z_mm: points.map((point) => point.zMm ?? null),
    }),
    ...(gaze && { gaze: gazeField(gaze) }),
  };
}

const gazeField = ({ vector, pitchRad, yawRad }: Gaze): object => ({
  vector,
  pitch_rad: pitchRad,
  yaw_rad: yawRad,
});

const isLabelled = (point: Keypoint): boolean => point.visibility > 0;

function paddedPoints(keypoints: Keypoints | undefined, count: number): Keypoint[] {
  const points = keypoints?.points ?? [];
  const missing = Math.max(0, count - points.length);
  return [...points, ...Array.from({ length: missing }, (): Keypoint => ({ x: 0, y: 0, visibility: 0 }))];
}

const MIN_SIDE_PX = 1;

/** Box around points as [x, y, width, height] in pixels; the rules stand at `cocoFormat`. */
function boxOf(
  points: readonly Keypoint[],
  widthPx: number,
  heightPx: number,
): [number, number, number, number] {
  const visible = points.filter((point) => point.visibility === 2);
  const counted = visible.length > 0 ? visible : points.filter(isLabelled);
  if (counted.length === 0) return [0, 0, widthPx, heightPx];
  const [x, width] = spanOf(
    counted.map((point) => point.x),
    widthPx,
  );
  const [y, height] = spanOf(
    counted.map((point) => point.y),
    heightPx,
  );
  return [x, y, width, height];
}

/** Start and length of what the values span within [0, limit], at least one pixel. */
function spanOf(values: readonly number[], limit: number): [start: number, length: number] {
  const clip = (value: number): number => Math.max(0, Math.min(limit, value));
  const from = clip(Math.min(...values));
  const length = clip(Math.max(...values)) - from;
  if (length >= MIN_SIDE_PX) return [from, length];
  const centre = from + length / 2;
  return [Math.max(0, Math.min(limit - MIN_SIDE_PX, centre - MIN_SIDE_PX / 2)), MIN_SIDE_PX];
}
