import type { Annotation } from '../contract/annotation.ts';
import { fromColumns, toColumns, type AnnotationColumns } from './annotation-codec.ts';
import type { Connection } from './connection.ts';
import { noSuch } from './errors.ts';

/** Who set a label: the importer, or a person who corrected it. */
export type AnnotationAuthor = 'import' | 'user';

export interface StoredAnnotation {
  readonly annotation: Annotation;
  readonly author: AnnotationAuthor;
}

export interface Annotations {
  /** Labels of one image: at most one of each kind. */
  of(imageId: number): StoredAnnotation[];
  /** Labels of many images; images without any are not in the map. */
  ofMany(imageIds: readonly number[]): Map<number, StoredAnnotation[]>;
  /** Sets the image's label of that kind; returns what was there before. */
  set(imageId: number, annotation: Annotation, author: AnnotationAuthor): StoredAnnotation | undefined;
  /** Takes the image's label of that kind away; returns what was there. */
  remove(imageId: number, kind: Annotation['kind']): StoredAnnotation | undefined;
}

type Row = AnnotationColumns & { imageId: number; author: AnnotationAuthor };

const COLUMNS = `image_id AS imageId, kind, author, pitch_rad AS pitchRad, yaw_rad AS yawRad, vector_x AS vectorX,
  vector_y AS vectorY, vector_z AS vectorZ, layout, points, category`;

/** The parts of an image's labels that `images` repeats for searching. */
export interface SearchColumns {
  readonly pitchRad: number | null;
  readonly yawRad: number | null;
  readonly category: string | null;
  /** Number of points that are visible (visibility 2). */
  readonly visibleJoints: number | null;
  /** One digit 0, 1 or 2 for each point. */
  readonly jointVisibility: string | null;
}

export function searchColumns(annotations: readonly Annotation[]): SearchColumns {
  let columns: SearchColumns = {
    pitchRad: null,
    yawRad: null,
    category: null,
    visibleJoints: null,
    jointVisibility: null,
  };
  for (const annotation of annotations) {
    switch (annotation.kind) {
      case 'gaze':
        columns = { ...columns, pitchRad: annotation.pitchRad, yawRad: annotation.yawRad };
        break;
      case 'keypoints':
        columns = {
          ...columns,
          visibleJoints: annotation.points.filter((point) => point.visibility === 2).length,
          jointVisibility: annotation.points.map((point) => point.visibility).join(''),
        };
        break;
      case 'category':
        columns = { ...columns, category: annotation.name };
        break;
    }
  }
  return columns;
}

/** Writes one label without touching the image's search columns; the caller does that. */
export type AnnotationWriter = (imageId: number, annotation: Annotation, author: AnnotationAuthor) => void;

export function annotationWriter(connection: Connection): AnnotationWriter {
  const upsert = connection.prepare<(number | string | Buffer | null)[]>(
    `INSERT INTO annotations
       (image_id, kind, author, pitch_rad, yaw_rad, vector_x, vector_y, vector_z, layout, points, category)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (image_id, kind) DO UPDATE SET
       author = excluded.author, pitch_rad = excluded.pitch_rad, yaw_rad = excluded.yaw_rad,
       vector_x = excluded.vector_x, vector_y = excluded.vector_y, vector_z = excluded.vector_z,
       layout = excluded.layout, points = excluded.points, category = excluded.category`,
  );
  return (imageId, annotation, author) => {
    const row = toColumns(annotation);
    upsert.run(
      imageId,
      row.kind,
      author,
      row.pitchRad,
      row.yawRad,
      row.vectorX,
      row.vectorY,
      row.vectorZ,
      row.layout,
      row.points,
      row.category,
    );
  };
}

export function annotationTable(connection: Connection): Annotations {
  const write = annotationWriter(connection);
  const select = connection.prepare<[string], Row>(
    `SELECT ${COLUMNS} FROM annotations
     WHERE image_id IN (SELECT value FROM json_each(?)) ORDER BY image_id, kind`,
  );
  const remove = connection.prepare<[number, string]>(
    'DELETE FROM annotations WHERE image_id = ? AND kind = ?',
  );
  const imageExists = connection.prepare<[number], { id: number }>('SELECT id FROM images WHERE id = ?');
  const setSearchColumns = connection.prepare<
    [number | null, number | null, string | null, number | null, string | null, number]
  >(
    `UPDATE images SET pitch_rad = ?, yaw_rad = ?, category = ?, visible_joints = ?, joint_visibility = ?
     WHERE id = ?`,
  );

  const ofMany = (imageIds: readonly number[]): Map<number, StoredAnnotation[]> => {
    const found = new Map<number, StoredAnnotation[]>();
    for (const row of select.all(JSON.stringify(imageIds))) {
      const stored = { annotation: fromColumns(row), author: row.author };
      const others = found.get(row.imageId);
      if (others) others.push(stored);
      else found.set(row.imageId, [stored]);
    }
    return found;
  };
  const of = (imageId: number): StoredAnnotation[] => ofMany([imageId]).get(imageId) ?? [];
  const change = (
    imageId: number,
    kind: Annotation['kind'],
    work: () => void,
  ): StoredAnnotation | undefined =>
    connection.transaction(() => {
      if (!imageExists.get(imageId)) throw noSuch('image', imageId);
      const before = of(imageId).find((stored) => stored.annotation.kind === kind);
      work();
      const now = searchColumns(of(imageId).map((stored) => stored.annotation));
      setSearchColumns.run(
        now.pitchRad,
        now.yawRad,
        now.category,
        now.visibleJoints,
        now.jointVisibility,
        imageId,
      );
      return before;
    });
  return {
    of,
    ofMany,
    set: (imageId, annotation, author) =>
      change(imageId, annotation.kind, () => write(imageId, annotation, author)),
    remove: (imageId, kind) => change(imageId, kind, () => void remove.run(imageId, kind)),
  };
}
