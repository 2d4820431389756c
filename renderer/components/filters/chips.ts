import { keypointLayout } from '../../../core/contract/keypoint-layouts.ts';
import { digits } from '../../composables/format.ts';
import { text } from '../../text/index.ts';
import {
  changed,
  isAngle,
  numericColumns,
  shownValue,
  withColumnRange,
  type ImageFilter,
  type NumericColumn,
} from './imageSearch.ts';

/** One part of a filter in words, and the filter without it. */
export interface Chip {
  readonly text: string;
  readonly without: ImageFilter;
}

export const filterFlags = ['excluded', 'missing', 'duplicate', 'corrected'] as const;

/** What the names in a filter mean in this library. */
interface Names {
  readonly dataset: (id: number) => string;
  /** The layout of keypoints in use, if there is one. */
  readonly keypointLayout: string | undefined;
}

/** A filter as chips, in a fixed order. */
export function chipsOf(filter: ImageFilter, names: Names): readonly Chip[] {
  const words = text.data.filters;
  const oneOf = <Key extends 'datasetIds' | 'tags' | 'categories'>(
    key: Key,
    describe: (value: NonNullable<ImageFilter[Key]>[number]) => string,
  ): Chip[] => {
    const values: readonly NonNullable<ImageFilter[Key]>[number][] = filter[key] ?? [];
    return values.map((value) => {
      const rest = values.filter((other) => other !== value);
      return {
        text: describe(value),
        without: changed(filter, { [key]: rest.length > 0 ? rest : undefined }),
      };
    });
  };
  const single = (key: keyof ImageFilter, described: string | undefined): Chip[] =>
    described === undefined ? [] : [{ text: described, without: changed(filter, { [key]: undefined }) }];
  return [
    ...single('role', filter.role && words.roles[filter.role]),
    ...oneOf('datasetIds', (id) => words.chip.set(names.dataset(id))),
    ...single('split', filter.split && words.splits[filter.split]),
    ...single('annotationKind', filter.annotationKind && words.kinds[filter.annotationKind]),
    ...oneOf('categories', (name) => text.data.grid.category(name)),
    ...oneOf('tags', (name) => words.chip.tag(name)),
    ...filterFlags.flatMap((flag) => {
      const value = filter[flag];
      const name = words.flags[flag];
      return single(flag, value === undefined ? undefined : value ? name : words.chip.without(name));
    }),
    ...single(
      'visibleJoint',
      filter.visibleJoint === undefined ? undefined : jointChip(filter.visibleJoint, names),
    ),
    ...single('pathContains', filter.pathContains && words.chip.path(filter.pathContains)),
    ...single('imageIds', filter.imageIds && words.chip.picked(filter.imageIds.length)),
    ...numericColumns.flatMap((column): Chip[] => {
      const range = filter.ranges?.[column];
      if (!range) return [];
      return [
        {
          text: words.chip.range(
            words.sorts[column],
            shownBound(column, range.from),
            shownBound(column, range.to),
          ),
          without: withColumnRange(filter, column, undefined),
        },
      ];
    }),
  ];
}

/** "12.5°", or "any" for an open end. */
export function shownBound(column: NumericColumn, bound: number | undefined): string {
  const words = text.data.filters;
  if (bound === undefined) return words.anySide;
  const shown = shownValue(column, bound);
  return `${isAngle(column) ? shown.toFixed(1) : digits(shown)}${words.units[column]}`;
}

function jointChip(joint: number, { keypointLayout: layout }: Names): string {
  const name = layout === undefined ? undefined : keypointLayout(layout, joint + 1).names[joint];
  return text.data.filters.chip.joint(name ?? `#${joint}`);
}
