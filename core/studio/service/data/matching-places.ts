import type { ImageFilter, NumericColumn } from '../../../library/image-filter.ts';
import { FLAG, placesOf, type ImageTable } from './image-table.ts';

/**
 * What a filter asks that the table does not say, or not for sure: a job may find files missing long before it ends. This
 * the library must be asked.
 */
export function beyondTable(filter: ImageFilter): ImageFilter | undefined {
  const { tags, visibleJoint, pathContains, missing } = filter;
  const beyond = {
    ...(tags && { tags }),
    ...(visibleJoint !== undefined && { visibleJoint }),
    ...(pathContains !== undefined && { pathContains }),
    ...(missing !== undefined && { missing }),
  };
  return Object.keys(beyond).length === 0 ? undefined : beyond;
}

/**
 * Ascending places of the images of a filter, as `filterCondition` of the library has it, but for `beyondTable`.
 *
 * @param among ascending ids of the images that come into question; undefined: all
 * @param datasetsOfRole ids of the datasets of the filter's role
 */
export function matchingPlaces(
  table: ImageTable,
  filter: ImageFilter,
  among: Int32Array | undefined,
  datasetsOfRole: ReadonlySet<number>,
): Int32Array {
  const { datasets, categories, columns, flags } = table;
  let places = among ? placesOf(table, among) : allPlaces(table.count);
  const keep = (isKept: (place: number) => boolean): void => {
    // In place: what is kept moves forward.
    let kept = 0;
    const { length } = places;
    for (let at = 0; at < length; at++) {
      if (isKept(places[at])) places[kept++] = places[at];
    }
    places = places.subarray(0, kept);
  };
  const requireFlag = (flag: number, isSet: boolean | undefined): void => {
    if (isSet !== undefined) keep((place) => ((flags[place] & flag) !== 0) === isSet);
  };
  if (filter.imageIds) {
    const wanted = new Set(filter.imageIds);
    keep((place) => wanted.has(table.ids[place]));
  }
  if (filter.datasetIds) {
    const wanted = new Set(filter.datasetIds);
    keep((place) => wanted.has(datasets[place]));
  }
  if (filter.role) keep((place) => datasetsOfRole.has(datasets[place]));
  if (filter.split) requireFlag(FLAG.test, filter.split === 'test');
  switch (filter.annotationKind) {
    case 'gaze':
      keep((place) => !Number.isNaN(columns.pitchRad[place]));
      break;
    case 'keypoints':
      keep((place) => !Number.isNaN(columns.visibleJoints[place]));
      break;
    case 'category':
      keep((place) => categories[place] > 0);
      break;
    case undefined:
      break;
  }
  if (filter.categories) {
    const wanted = new Set(filter.categories.map((name) => table.categoryNames.indexOf(name) + 1));
    keep((place) => categories[place] > 0 && wanted.has(categories[place]));
  }
  for (const [name, { from = -Infinity, to = Infinity }] of Object.entries(filter.ranges ?? {})) {
    const values = columns[name as NumericColumn];
    if (from === -Infinity && to === Infinity) continue;
    keep((place) => values[place] >= from && values[place] <= to);
  }
  requireFlag(FLAG.duplicate, filter.duplicate);
  requireFlag(FLAG.excluded, filter.excluded);
  requireFlag(FLAG.corrected, filter.corrected);
  return places;
}

function allPlaces(count: number): Int32Array {
  const places = new Int32Array(count);
  for (let place = 0; place < count; place++) places[place] = place;
  return places;
}
