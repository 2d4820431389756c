import type { Annotation } from '../contract/annotation.ts';
import { annotationWriter, searchColumns, type Annotations, type StoredAnnotation } from './annotations.ts';
import type { Connection } from './connection.ts';
import { duplicateMarker, firstImages } from './duplicates.ts';
import { ifUnused, noSuch } from './errors.ts';

export type Split = 'train' | 'test';

/** A rectangle in pixels of the stored image, origin top left. */
export interface CropBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is known of an image file. */
export interface ImageFile {
  /** Relative to the dataset's root, with '/'. */
  readonly path: string;
  /** SHA-256 of the file, 64 lower-case hexadecimal digits. */
  readonly fileSha256: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: number;
  readonly bitDepth: number;
  /** The part that is used; null for the whole image. */
  readonly crop: CropBox | null;
  /** Mean and standard deviation of the grey level, 0..255. */
  readonly greyMean: number;
  readonly greyDeviation: number;
  /** The importer's own record, kept as JSON; null where there is none. */
  readonly source: unknown;
}

export interface NewImage extends ImageFile {
  readonly split: Split;
  readonly annotations: readonly Annotation[];
}

export interface Image extends ImageFile {
  readonly id: number;
  readonly datasetId: number;
  readonly split: Split;
  /** The first image in the library whose file has the same bytes. */
  readonly duplicateOf: number | null;
  /** Why it is not used; null while it is. */
  readonly excludedReason: string | null;
  /** The file was not there when it was last looked for. */
  readonly missing: boolean;
}

export interface LabelledImage extends Image {
  readonly annotations: readonly StoredAnnotation[];
}

interface KnownFile {
  readonly imageId: number;
  readonly fileSha256: string;
}

/** An image whose split, exclusion or missing flag was changed, and what it was before. */
export interface Changed<Value> {
  readonly imageId: number;
  readonly before: Value;
}

export interface Images {
  /**
   * Adds images with their labels in one transaction; all or none. Duplicates by content, within the batch and in
   * the whole library, are marked. Paths must be new to the dataset: look them up with `known` first, and use
   * `replaceFile` for a file that changed.
   *
   * @returns the ids, in the order given
   */
  add(datasetId: number, images: readonly NewImage[]): number[];
  /** Which of these paths the dataset has already, with the hash they had. For adding only what is new. */
  known(datasetId: number, paths: readonly string[]): Map<string, KnownFile>;
  /** The file at a known path has new content: its facts and the importer's labels are replaced, a user's stay. */
  replaceFile(imageId: number, file: ImageFile, annotations: readonly Annotation[]): void;
  get(id: number): LabelledImage | undefined;
  /** In the order given; ids that are not there are left out. */
  getMany(ids: readonly number[]): LabelledImage[];
  /** All images of a dataset in id order, read in pages; writing meanwhile is allowed. */
  ofDataset(datasetId: number, options?: { split?: Split; pageSize?: number }): Generator<LabelledImage>;
  setSplit(ids: readonly number[], split: Split): Changed<Split>[];
  /** Takes images out of use (a reason) or back into it (null). */
  setExcluded(ids: readonly number[], reason: string | null): Changed<string | null>[];
  setMissing(ids: readonly number[], missing: boolean): Changed<boolean>[];
  /** Which images `setSplit` would change, and what they are. */
  otherSplit(ids: readonly number[], split: Split): Changed<Split>[];
  /** Which images `setExcluded` would change, and what they are. */
  otherExcluded(ids: readonly number[], reason: string | null): Changed<string | null>[];
  remove(ids: readonly number[]): void;
}

/** A row of `images` under the names that queries in this folder give it. */
interface ImageRow {
  id: number;
  datasetId: number;
  path: string;
  sha256: Buffer;
  split: Split;
  widthPx: number;
  heightPx: number;
  channels: number;
  bitDepth: number;
  greyMean: number;
  greyDeviation: number;
  duplicateOf: number | null;
  excludedReason: string | null;
  missing: number;
  cropX: number | null;
  cropY: number | null;
  cropWidth: number | null;
  cropHeight: number | null;
  source: string | null;
}

const IMAGE_COLUMNS = `images.id, images.dataset_id AS datasetId, images.path, images.sha256, images.split,
  images.width_px AS widthPx, images.height_px AS heightPx, images.channels, images.bit_depth AS bitDepth,
  images.grey_mean AS greyMean, images.grey_deviation AS greyDeviation, images.duplicate_of AS duplicateOf,
  images.excluded_reason AS excludedReason, images.missing, images.crop_x_px AS cropX, images.crop_y_px AS cropY,
  images.crop_width_px AS cropWidth, images.crop_height_px AS cropHeight, images.source_record AS source`;

function imageFromRow(row: ImageRow): Image {
  const { sha256, cropX, cropY, cropWidth, cropHeight, source, missing, ...plain } = row;
  const crop =
    cropX === null || cropY === null || cropWidth === null || cropHeight === null
      ? null
      : { x: cropX, y: cropY, width: cropWidth, height: cropHeight };
  return {
    ...plain,
    fileSha256: sha256.toString('hex'),
    crop,
    source: source === null ? null : JSON.parse(source),
    missing: missing === 1,
  };
}

const PAGE_SIZE = 1_000;

type Value = number | string | Buffer | null;

export function imageTable(connection: Connection, annotations: Annotations): Images {
  const writeAnnotation = annotationWriter(connection);
  const insert = connection.prepare<Value[]>(
    `INSERT INTO images
       (dataset_id, split, duplicate_of, path, sha256, width_px, height_px, channels, bit_depth, grey_mean,
        grey_deviation, crop_x_px, crop_y_px, crop_width_px, crop_height_px, source_record, pitch_rad, yaw_rad,
        category, visible_joints, joint_visibility)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = connection.prepare<Value[]>(
    `UPDATE images SET
       path = ?, sha256 = ?, width_px = ?, height_px = ?, channels = ?, bit_depth = ?, grey_mean = ?,
       grey_deviation = ?, crop_x_px = ?, crop_y_px = ?, crop_width_px = ?, crop_height_px = ?, source_record = ?,
       pitch_rad = ?, yaw_rad = ?, category = ?, visible_joints = ?, joint_visibility = ?, missing = 0
     WHERE id = ?`,
  );
  const dropImported = connection.prepare<[number]>(
    `DELETE FROM annotations WHERE image_id = ? AND author = 'import'`,
  );
  const known = connection.prepare<[number, string], { id: number; path: string; sha256: Buffer }>(
    `SELECT id, path, sha256 FROM images WHERE dataset_id = ? AND path IN (SELECT value FROM json_each(?))`,
  );
  const byIds = connection.prepare<[string], ImageRow>(
    `SELECT ${IMAGE_COLUMNS} FROM images WHERE id IN (SELECT value FROM json_each(?))`,
  );
  const pageOfDataset = connection.prepare<[number, number, string | null, number], ImageRow>(
    `SELECT ${IMAGE_COLUMNS} FROM images
     WHERE +dataset_id = ? AND id > ? AND split = coalesce(?, split) ORDER BY id LIMIT ?`,
  );
  const hashesOf = connection.prepare<[string], { hash: string }>(
    'SELECT DISTINCT lower(hex(sha256)) AS hash FROM images WHERE id IN (SELECT value FROM json_each(?))',
  );
  const firstOfEach = firstImages(connection);
  const markDuplicates = duplicateMarker(connection);
  const remove = connection.prepare<[string]>(
    'DELETE FROM images WHERE id IN (SELECT value FROM json_each(?))',
  );
  const fields = {
    split: fieldStatements<Split>(connection, 'split'),
    excluded: fieldStatements<string | null>(connection, 'excluded_reason'),
    missing: fieldStatements<number>(connection, 'missing'),
  };

  const label = (rows: readonly ImageRow[]): LabelledImage[] => {
    const labels = annotations.ofMany(rows.map((row) => row.id));
    return rows.map((row) => ({ ...imageFromRow(row), annotations: labels.get(row.id) ?? [] }));
  };
  const getMany = (ids: readonly number[]): LabelledImage[] => {
    const found = new Map(label(byIds.all(JSON.stringify(ids))).map((image) => [image.id, image]));
    return ids.flatMap((id) => found.get(id) ?? []);
  };
  return {
    add: (datasetId, images) =>
      connection.transaction(() => {
        const originals = firstOfEach(images.map((image) => image.fileSha256));
        return images.map((image) => {
          const original = originals.get(image.fileSha256) ?? null;
          const { insertedId } = insert.run(
            datasetId,
            image.split,
            original,
            ...fileValues(image),
            ...labelValues(image.annotations),
          );
          if (original === null) originals.set(image.fileSha256, insertedId);
          for (const annotation of image.annotations) writeAnnotation(insertedId, annotation, 'import');
          return insertedId;
        });
      }),
    known: (datasetId, paths) =>
      new Map(
        known
          .all(datasetId, JSON.stringify(paths))
          .map((row) => [row.path, { imageId: row.id, fileSha256: row.sha256.toString('hex') }]),
      ),
    replaceFile: (imageId, file, imported) =>
      connection.transaction(() => {
        dropImported.run(imageId);
        const corrected = annotations.of(imageId).map((stored) => stored.annotation);
        const kept = imported.filter((label) => corrected.every((other) => other.kind !== label.kind));
        const labels = labelValues([...kept, ...corrected]);
        const before = hashesOf.all(JSON.stringify([imageId])).map((row) => row.hash);
        const { changes } = update.run(...fileValues(file), ...labels, imageId);
        if (changes === 0) throw noSuch('image', imageId);
        markDuplicates([...before, file.fileSha256]);
        for (const annotation of kept) writeAnnotation(imageId, annotation, 'import');
      }),
    get: (id) => getMany([id]).at(0),
    getMany,
    *ofDataset(datasetId, { split, pageSize = PAGE_SIZE } = {}) {
      for (let after = 0; ;) {
        const page = label(pageOfDataset.all(datasetId, after, split ?? null, pageSize));
        yield* page;
        if (page.length < pageSize) return;
        after = page[page.length - 1].id;
      }
    },
    setSplit: (ids, split) => fields.split.set(ids, split),
    setExcluded: (ids, reason) => fields.excluded.set(ids, reason),
    otherSplit: (ids, split) => fields.split.other(ids, split),
    otherExcluded: (ids, reason) => fields.excluded.other(ids, reason),
    setMissing: (ids, missing) =>
      fields.missing
        .set(ids, missing ? 1 : 0)
        .map(({ imageId, before }) => ({ imageId, before: before === 1 })),
    remove: (ids) =>
      connection.transaction(() => {
        const hashes = hashesOf.all(JSON.stringify(ids)).map((row) => row.hash);
        ifUnused('An image of these', () => void remove.run(JSON.stringify(ids)));
        markDuplicates(hashes);
      }),
  };
}

function fileValues(file: ImageFile): Value[] {
  return [
    file.path,
    Buffer.from(file.fileSha256, 'hex'),
    file.widthPx,
    file.heightPx,
    file.channels,
    file.bitDepth,
    file.greyMean,
    file.greyDeviation,
    file.crop?.x ?? null,
    file.crop?.y ?? null,
    file.crop?.width ?? null,
    file.crop?.height ?? null,
    file.source === null || file.source === undefined ? null : JSON.stringify(file.source),
  ];
}

function labelValues(annotations: readonly Annotation[]): Value[] {
  const columns = searchColumns(annotations);
  return [columns.pitchRad, columns.yawRad, columns.category, columns.visibleJoints, columns.jointVisibility];
}

interface FieldStatements<Field> {
  /** Images that have another value, and which. */
  readonly other: (ids: readonly number[], value: Field) => Changed<Field>[];
  /** Sets it; says which images that changed and from what. */
  readonly set: (ids: readonly number[], value: Field) => Changed<Field>[];
}

/** One column of many images. */
function fieldStatements<Field extends string | number | null>(
  connection: Connection,
  column: 'split' | 'excluded_reason' | 'missing',
): FieldStatements<Field> {
  const affected = connection.prepare<[string, Field], Changed<Field>>(
    `SELECT id AS imageId, ${column} AS before FROM images
     WHERE id IN (SELECT value FROM json_each(?)) AND ${column} IS NOT ? ORDER BY id`,
  );
  const set = connection.prepare<[Field, string]>(
    `UPDATE images SET ${column} = ? WHERE id IN (SELECT value FROM json_each(?))`,
  );
  const other: FieldStatements<Field>['other'] = (ids, value) => affected.all(JSON.stringify(ids), value);
  return {
    other,
    set: (ids, value) =>
      connection.transaction(() => {
        const changed = other(ids, value);
        set.run(value, JSON.stringify(changed.map((change) => change.imageId)));
        return changed;
      }),
  };
}
