import type { OutputOf } from '../../../core/contract/contract.ts';

export type MapPoints = NonNullable<OutputOf<'datasets.map'>>;
export type MapSet = MapPoints['set'][number];

export const mapSets = ['synthetic', 'real', 'refined'] as const satisfies readonly MapSet[];

/** Colours of the design by kind and by group; see styles/tokens.css. */
export const SET_COLOURS: Readonly<Record<MapSet, number>> = { synthetic: 1, real: 2, refined: 3 };

/** Points by group and kind. */
export function countGroups(
  points: Pick<MapPoints, 'cluster' | 'set'>,
): readonly { readonly cluster: number; readonly counts: Readonly<Record<MapSet, number>> }[] {
  const groups = new Map<number, Record<MapSet, number>>();
  points.cluster.forEach((cluster, index) => {
    const counts = groups.get(cluster) ?? { synthetic: 0, real: 0, refined: 0 };
    counts[points.set[index] ?? 'synthetic'] += 1;
    groups.set(cluster, counts);
  });
  return [...groups]
    .sort(([left], [right]) => left - right)
    .map(([cluster, counts]) => ({ cluster, counts }));
}
