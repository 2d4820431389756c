import { KNOWN_LAYOUTS } from '../../contract/keypoint-layouts.ts';
import type { Keypoint, Keypoints } from '../../contract/annotation.ts';

/** Which points a set of labels has, and in which order. */
export interface PointOrder {
  readonly layout: string;
  readonly names: readonly string[];
}

const naturally = new Intl.Collator('en', { numeric: true });
const NOT_LABELLED: Keypoint = { x: 0, y: 0, visibility: 0 };
const nameKey = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** The order of a known layout that has all these names, else the natural order of the names. */
export function orderOfNames(names: Iterable<string>): PointOrder {
  const all = [...new Set(names)];
  const known = KNOWN_LAYOUTS.find((layout) => {
    const keys = new Set(layout.names.map(nameKey));
    return layout.names.length === all.length && all.every((name) => keys.has(nameKey(name)));
  });
  if (known) return { layout: known.id, names: known.names };
  const sorted = all.sort((left, right) => naturally.compare(left, right));
  return { layout: `points-${sorted.length}`, names: sorted };
}

/** Points by name in an order; those that have no label count as not labelled. */
export function pointsInOrder(
  { layout, names }: PointOrder,
  labelled: ReadonlyMap<string, Keypoint>,
): Keypoints {
  const byKey = new Map([...labelled].map(([name, point]) => [nameKey(name), point]));
  const points = names.map((name) => byKey.get(nameKey(name)) ?? NOT_LABELLED);
  return { kind: 'keypoints', layout, points };
}

/** A point with a visibility as in COCO; one without numbers counts as not labelled. */
export function pointOf(x: number, y: number, visibility: number): Keypoint {
  if (!(visibility > 0) || !Number.isFinite(x) || !Number.isFinite(y)) return NOT_LABELLED;
  return { x, y, visibility: visibility === 1 ? 1 : 2 };
}

export const hasLabel = ({ points }: Keypoints): boolean => points.some(({ visibility }) => visibility > 0);
