import type { Annotation } from '../contract/annotation.ts';
import type { DatasetRole } from './datasets.ts';
import type { Split } from './images.ts';

/** Both ends belong to it; an end that is not given is open. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}

/** Columns of an image that can be filtered by range, sorted by and counted into a histogram. */
export type NumericColumn =
  'pitchRad' | 'yawRad' | 'greyMean' | 'greyDeviation' | 'visibleJoints' | 'widthPx' | 'heightPx';

/** What all images of a list must be; what is not given does not matter. */
export interface ImageFilter {
  readonly datasetIds?: readonly number[];
  readonly role?: DatasetRole;
  readonly split?: Split;
  /** Has a label of this kind. */
  readonly annotationKind?: Annotation['kind'];
  /** One of these categories. */
  readonly categories?: readonly string[];
  readonly ranges?: Readonly<Partial<Record<NumericColumn, Range>>>;
  /** Index of a keypoint that must be visible. */
  readonly visibleJoint?: number;
  /** Has all of these tags. */
  readonly tags?: readonly string[];
  readonly duplicate?: boolean;
  readonly excluded?: boolean;
  readonly missing?: boolean;
  /** A person has corrected one of its labels. */
  readonly corrected?: boolean;
  /** One of these. */
  readonly imageIds?: readonly number[];
  /** Part of the path; ASCII letters match in either case. */
  readonly pathContains?: string;
}

export type SqlValue = number | string;

/** A condition on the table `images`, with the values for its question marks. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export const NUMERIC_COLUMNS = {
  pitchRad: 'images.pitch_rad',
  yawRad: 'images.yaw_rad',
  greyMean: 'images.grey_mean',
  greyDeviation: 'images.grey_deviation',
  visibleJoints: 'images.visible_joints',
  widthPx: 'images.width_px',
  heightPx: 'images.height_px',
} as const satisfies Record<NumericColumn, string>;

/** The column that is set exactly when an image has a label of the kind. */
const KIND_COLUMNS = {
  gaze: 'images.pitch_rad',
  keypoints: 'images.visible_joints',
  category: 'images.category',
} as const satisfies Record<Annotation['kind'], string>;

/** Ids of the images that have a label of a person's own. */
export const CORRECTED_IMAGES = `SELECT image_id FROM annotations WHERE author = 'user'`;

export function filterCondition(filter: ImageFilter): Condition {
  const parts: Condition[] = [];
  const require = (sql: string, ...values: SqlValue[]): void => void parts.push({ sql, values });

  if (filter.datasetIds) {
    require(`images.dataset_id IN (${filter.datasetIds.map(() => '?').join(', ')})`, ...filter.datasetIds);
  }
  if (filter.role) require('images.dataset_id IN (SELECT id FROM datasets WHERE role = ?)', filter.role);
  if (filter.split) require('images.split = ?', filter.split);
  if (filter.annotationKind) require(`${KIND_COLUMNS[filter.annotationKind]} IS NOT NULL`);
  if (filter.categories) {
    require(`images.category IN (${filter.categories.map(() => '?').join(', ')})`, ...filter.categories);
  }
  for (const [name, column] of Object.entries(NUMERIC_COLUMNS)) {
    const range = filter.ranges?.[name as NumericColumn];
    if (range?.from !== undefined) require(`${column} >= ?`, range.from);
    if (range?.to !== undefined) require(`${column} <= ?`, range.to);
  }
  if (filter.visibleJoint !== undefined) {
    require(`substr(images.joint_visibility, ?, 1) = '2'`, filter.visibleJoint + 1);
  }
  for (const tag of filter.tags ?? []) {
    require(`images.id IN
         (SELECT image_id FROM image_tags JOIN tags ON tags.id = image_tags.tag_id WHERE tags.name = ?)`, tag);
  }
  if (filter.duplicate !== undefined) {
    require(`images.duplicate_of IS ${filter.duplicate ? 'NOT NULL' : 'NULL'}`);
  }
  if (filter.excluded !== undefined) {
    require(`images.excluded_reason IS ${filter.excluded ? 'NOT NULL' : 'NULL'}`);
  }
  if (filter.missing !== undefined) require('images.missing = ?', filter.missing ? 1 : 0);
  if (filter.corrected !== undefined) {
    require(`images.id ${filter.corrected ? 'IN' : 'NOT IN'} (${CORRECTED_IMAGES})`);
  }
  if (filter.imageIds) {
    require('images.id IN (SELECT value FROM json_each(?))', JSON.stringify(filter.imageIds));
  }
  if (filter.pathContains !== undefined) {
    require(`images.path LIKE ? ESCAPE '\\'`, `%${filter.pathContains.replace(/[\\%_]/g, '\\$&')}%`);
  }
  return {
    sql: parts.length === 0 ? 'TRUE' : parts.map((part) => part.sql).join(' AND '),
    values: parts.flatMap((part) => part.values),
  };
}
