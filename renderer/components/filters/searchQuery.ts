import { imageFilterSchema, imageSortSchema } from '../../../core/contract/operations/images.ts';
import {
  numericColumns,
  USUAL_SORT,
  type ImageFilter,
  type ImageSearch,
  type ImageSort,
  type NumericColumn,
} from './imageSearch.ts';

/** As vue-router gives and takes it. */
export type Query = Readonly<Record<string, string | null | readonly (string | null)[] | undefined>>;

/** Keeps lists of images that are too long for an address, for as long as the window lives. */
export interface PickedImages {
  readonly put: (imageIds: readonly number[]) => string;
  readonly get: (name: string) => readonly number[] | undefined;
}

const FLAGS = ['duplicate', 'excluded', 'missing', 'corrected'] as const;

/** A search as the part of an address after "?": short, readable, and the same search again when it is read. */
export function searchToQuery(
  { filter, sort }: ImageSearch,
  picked: PickedImages,
): Record<string, string | string[]> {
  const entries: [string, string | string[] | undefined][] = [
    ['set', filter.datasetIds?.map(String)],
    ['role', filter.role],
    ['split', filter.split],
    ['label', filter.annotationKind],
    ['category', filter.categories && [...filter.categories]],
    ['tag', filter.tags && [...filter.tags]],
    ['joint', filter.visibleJoint?.toString()],
    ['path', filter.pathContains],
    ['picked', filter.imageIds && picked.put(filter.imageIds)],
    ...FLAGS.map((flag): [string, string | undefined] => [flag, yesOrNo(filter[flag])]),
    ...numericColumns.map((column): [string, string | undefined] => [column, rangeText(filter, column)]),
    ['sort', sortText(sort)],
  ];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string | string[]] => entry[1] !== undefined),
  );
}

/** The search of an address; what is no search is left out of it. */
export function searchFromQuery(query: Query, picked: PickedImages): ImageSearch {
  const one = (name: string): string | undefined => list(query[name])[0];
  const many = (name: string): string[] | undefined => {
    const values = list(query[name]);
    return values.length > 0 ? values : undefined;
  };
  const ranges = Object.fromEntries(
    numericColumns.flatMap((column) => {
      const range = rangeFromText(one(column));
      return range ? [[column, range]] : [];
    }),
  );
  const pickedName = one('picked');
  const parts: Record<string, unknown> = {
    datasetIds: many('set')?.map(Number),
    role: one('role'),
    split: one('split'),
    annotationKind: one('label'),
    categories: many('category'),
    tags: many('tag'),
    visibleJoint: one('joint') === undefined ? undefined : Number(one('joint')),
    pathContains: one('path'),
    imageIds: pickedName === undefined ? undefined : picked.get(pickedName),
    ranges: Object.keys(ranges).length > 0 ? ranges : undefined,
    ...Object.fromEntries(FLAGS.map((flag) => [flag, fromYesOrNo(one(flag))])),
  };
  const filter: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parts)) {
    // A part that is damaged must not take the others with it.
    if (value !== undefined && imageFilterSchema.safeParse({ [name]: value }).success) filter[name] = value;
  }
  return { filter: imageFilterSchema.parse(filter), sort: sortFromText(one('sort')) };
}

function list(value: Query[string]): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((item): item is string => typeof item === 'string' && item !== '');
}

const yesOrNo = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : value ? 'yes' : 'no';

const fromYesOrNo = (value: string | undefined): boolean | undefined =>
  value === 'yes' ? true : value === 'no' ? false : undefined;

function rangeText({ ranges }: ImageFilter, column: NumericColumn): string | undefined {
  const range = ranges?.[column];
  return range && `${range.from ?? ''}..${range.to ?? ''}`;
}

function rangeFromText(value: string | undefined): { from?: number; to?: number } | undefined {
  const [from, to] = value?.split('..') ?? [];
  const range = {
    ...(from !== undefined && from !== '' && Number.isFinite(Number(from)) && { from: Number(from) }),
    ...(to !== undefined && to !== '' && Number.isFinite(Number(to)) && { to: Number(to) }),
  };
  return Object.keys(range).length > 0 ? range : undefined;
}

function sortText({ by, descending }: ImageSort): string | undefined {
  if (by === USUAL_SORT.by && descending !== true) return undefined;
  return descending === true ? `-${by}` : by;
}

function sortFromText(value: string | undefined): ImageSort {
  const isDescending = value?.startsWith('-') === true;
  const by = isDescending ? value?.slice(1) : value;
  const parsed = imageSortSchema.safeParse({ by, ...(isDescending && { descending: true }) });
  return parsed.success ? parsed.data : USUAL_SORT;
}
