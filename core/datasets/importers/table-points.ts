import { columnKey } from './table-columns.ts';

/** The columns of one point. */
export interface PointColumns {
  /** What the headers share: "k3", "left eye". */
  readonly name: string;
  readonly x: string;
  readonly y: string;
  /** 0, 1 or 2 as in COCO. */
  readonly v?: string;
  /** Millimetres. */
  readonly z?: string;
}

type Axis = 'x' | 'y' | 'z' | 'v' | 'u' | 'd';

/** Headers that end in an axis and are no points. */
const NO_POINT =
  /gaze|look|head|camera|bbox|box|crop|screen|rotation|translation|size|resolution|offset|target|direction|normal|quat/i;

const AXIS_LAST =
  /^(.*?[\d_\s.\-)\]]|.*?[a-z](?=[XYZVUD]))[\s_.-]*(x|y|z|v|u|d|vis|visible|visibility)(?:[\s_.-]*(?:px|mm))?$/i;
const AXIS_FIRST = /^(x|y|z|v|u|d)[\s_.-]*(\d+)$/i;

/**
 * Points by their headers: `k0_x, k0_y`, `x1, y1`, `left_eye_x …`, `u1, v1, d1`, and lists `points.0.1` or
 * `keypoints.0 …` of three or two numbers each. Points with numbers are in the order of these.
 */
export function findPoints(columns: readonly string[]): PointColumns[] {
  const named = namedPoints(columns);
  return named.length > 0 ? named : (listedPoints(columns) ?? []);
}

function namedPoints(columns: readonly string[]): PointColumns[] {
  const groups = new Map<string, Map<Axis, string>>();
  for (const column of columns) {
    const part = partOf(column);
    if (!part || NO_POINT.test(part.name)) continue;
    const group = groups.get(part.name) ?? new Map<Axis, string>();
    group.set(part.axis, column);
    groups.set(part.name, group);
  }
  const points = [...groups].flatMap(([name, group]) => pointOf(name, group) ?? []);
  return inOrder(points);
}

function partOf(column: string): { name: string; axis: Axis } | undefined {
  const first = AXIS_FIRST.exec(column.trim());
  if (first) return { name: first[2], axis: axisOf(first[1]) };
  const last = AXIS_LAST.exec(column.trim());
  if (!last) return undefined;
  return { name: last[1].replace(/[\s_.-]+$/, ''), axis: axisOf(last[2]) };
}

const axisOf = (written: string): Axis => {
  const letter = written.toLowerCase();
  return letter.startsWith('vis') ? 'v' : (letter as Axis);
};

function pointOf(name: string, group: ReadonlyMap<Axis, string>): PointColumns | undefined {
  const [x, y, u, v, d, z] = (['x', 'y', 'u', 'v', 'd', 'z'] as const).map((axis) => group.get(axis));
  if (x !== undefined && y !== undefined) {
    return { name, x, y, ...(v === undefined ? {} : { v }), ...(z === undefined ? {} : { z }) };
  }
  // u, v in pixels and d in millimetres, as depth sensors have it.
  const depth = d ?? z;
  if (u === undefined || v === undefined) return undefined;
  return { name, x: u, y: v, ...(depth === undefined ? {} : { z: depth }) };
}

/** By number where all have one and share the rest of the name. */
function inOrder(points: PointColumns[]): PointColumns[] {
  const numbers = points.map(({ name }) => /^(.*?)(\d+)$/.exec(name));
  const [first] = numbers;
  const areNumbered = numbers.every((match) => match && first && columnKey(match[1]) === columnKey(first[1]));
  if (!areNumbered) return points;
  const place = ({ name }: PointColumns): number => Number(/\d+$/.exec(name)?.[0]);
  return points.sort((left, right) => place(left) - place(right));
}

const LIST_NAME =
  /^(?:.*[._])?(?:keypoints?|landmarks?|joints?|points?|kps|uv|coords?)(?:2d|_2d|\.2d|_uv)?$/i;

function listedPoints(columns: readonly string[]): PointColumns[] | undefined {
  const lists = new Map<string, Map<string, string>>();
  for (const column of columns) {
    const [, name, rest] = /^(.*?)\.(\d+(?:\.(?:\d+|x|y|z|v))?)$/i.exec(column) ?? [];
    if (name === undefined || !LIST_NAME.test(name)) continue;
    const list = lists.get(name) ?? new Map<string, string>();
    list.set(rest, column);
    lists.set(name, list);
  }
  for (const [name, list] of lists) {
    const points = nestedPoints(name, list) ?? flatPoints(name, list);
    if (points && points.length > 0) return points;
  }
  return undefined;
}

/** points.0.0, points.0.1 and maybe points.0.2, a visibility. */
function nestedPoints(name: string, list: ReadonlyMap<string, string>): PointColumns[] | undefined {
  const count = new Set([...list.keys()].map((key) => key.split('.')[0])).size;
  if (list.size < 2 * count) return undefined;
  return Array.from({ length: count }, (_, place) => {
    const [x, y, v] = [0, 1, 2].map((axis) => list.get(`${place}.${axis}`));
    return x === undefined || y === undefined
      ? []
      : [{ name: `${name}.${place}`, x, y, ...(v === undefined ? {} : { v }) }];
  }).flat();
}

/** keypoints.0 … in one row: x, y and visibility in turn where three divide it, else x and y. */
function flatPoints(name: string, list: ReadonlyMap<string, string>): PointColumns[] | undefined {
  const step = list.size % 3 === 0 ? 3 : 2;
  if (list.size % step !== 0) return undefined;
  return Array.from({ length: list.size / step }, (_, place) => {
    const [x, y, v] = Array.from({ length: step }, (_part, part) => list.get(String(place * step + part)));
    return x === undefined || y === undefined
      ? []
      : [{ name: `${name} ${place}`, x, y, ...(v === undefined ? {} : { v }) }];
  }).flat();
}
