import type { Annotation, Gaze, Keypoints } from '../../../core/contract/annotation.ts';
import { keypointLayout } from '../../../core/contract/keypoint-layouts.ts';

/** What can be shown or hidden of a label. `points` is whatever has no name that is known here. */
export const labelLayers = ['gaze', 'pupil', 'iris', 'lids', 'skeleton', 'points'] as const;
export type LabelLayer = (typeof labelLayers)[number];

/** Which colour of the marks (`--mark-1` to `--mark-6` of the tokens) something is drawn in; 0 is white. */
type MarkColour = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Lines of one layer, colour and style, as one SVG path in pixels of the stored image. */
export interface LabelLine {
  readonly layer: LabelLayer;
  readonly colour: MarkColour;
  /** An end of it is hidden in the picture. */
  readonly isHidden: boolean;
  readonly path: string;
}

/** Dots of one layer, colour and style: a path of lines of no length, to be drawn with round ends. */
export type LabelDots = LabelLine;

export interface LabelDrawing {
  readonly lines: readonly LabelLine[];
  readonly dots: readonly LabelDots[];
}

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const FINGER_COLOURS: readonly (readonly [string, MarkColour])[] = [
  ['thumb', 1],
  ['index', 2],
  ['middle', 3],
  ['ring', 4],
  ['little', 5],
];

const LAYER_COLOURS: Readonly<Record<LabelLayer, MarkColour>> = {
  gaze: 4,
  pupil: 2,
  iris: 6,
  lids: 3,
  skeleton: 0,
  points: 1,
};

/** The layer of a keypoint by its name in its layout. */
export function layerOfKeypoint(name: string): LabelLayer {
  if (name.startsWith('pupil')) return 'pupil';
  if (name.startsWith('iris')) return 'iris';
  if (/^(?:corner|lid|interior-margin|caruncle)/.test(name)) return 'lids';
  if (/^(wrist|palm)\b/.test(name) || fingerColour(name) !== undefined) return 'skeleton';
  return 'points';
}

/** The layers that labels have something on, in the order of `labelLayers`. */
export function layersOf(annotations: readonly Annotation[]): readonly LabelLayer[] {
  const present = new Set<LabelLayer>(
    annotations.flatMap((annotation): LabelLayer[] => {
      if (annotation.kind === 'gaze') return ['gaze'];
      if (annotation.kind === 'category') return [];
      return keypointLayout(annotation.layout, annotation.points.length).names.map(layerOfKeypoint);
    }),
  );
  return labelLayers.filter((layer) => present.has(layer));
}

/** Labels as lines and dots in pixels of the stored image; few paths, so that hundreds of pictures can have them. */
export function drawLabels(annotations: readonly Annotation[], size: Size): LabelDrawing {
  const lines = new PathsByStyle();
  const dots = new PathsByStyle();
  const keypoints = annotations.find((annotation) => annotation.kind === 'keypoints');
  for (const annotation of annotations) {
    if (annotation.kind === 'keypoints') drawKeypoints(annotation, lines, dots);
    if (annotation.kind === 'gaze') drawGaze(annotation, gazeOrigin(keypoints, size), size, lines, dots);
  }
  return { lines: lines.all(), dots: dots.all() };
}

/** Where a gaze arrow begins: the middle of the pupil, else of the iris, else of the picture. */
export function gazeOrigin(keypoints: Keypoints | undefined, { widthPx, heightPx }: Size): Point {
  const middle = { x: widthPx / 2, y: heightPx / 2 };
  if (keypoints === undefined) return middle;
  const { names } = keypointLayout(keypoints.layout, keypoints.points.length);
  const named = (accepts: (name: string) => boolean): readonly Point[] =>
    keypoints.points.filter((point, index) => point.visibility > 0 && accepts(names[index] ?? ''));
  for (const found of [
    named((name) => name === 'pupil-centre'),
    named((name) => name === 'iris-centre'),
    named((name) => name.startsWith('iris')),
  ]) {
    if (found.length > 0) return meanOf(found);
  }
  return middle;
}

/** Where a gaze arrow ends: at 90° from the camera it is half of the picture's longer side long. */
export function gazeTip({ vector }: Gaze, origin: Point, size: Size): Point {
  const reach = gazeReachPx(size);
  return { x: origin.x + vector[0] * reach, y: origin.y + vector[1] * reach };
}

/** The unit vector whose arrow ends at a place, toward the camera; a place out of reach is moved to the nearest within. */
export function gazeVectorToTip(tip: Point, origin: Point, size: Size): [number, number, number] {
  const reach = gazeReachPx(size);
  const x = (tip.x - origin.x) / reach;
  const y = (tip.y - origin.y) / reach;
  const length = Math.hypot(x, y);
  const shrink = length > MOST_SIDEWAYS ? MOST_SIDEWAYS / length : 1;
  const [right, down] = [x * shrink, y * shrink];
  return [right, down, -Math.sqrt(Math.max(0, 1 - right * right - down * down))];
}

/** The smallest box around all that a label marks; undefined where it marks no place. */
export function boundsOf(
  annotations: readonly Annotation[],
  size: Size,
): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | undefined {
  const keypoints = annotations.find((annotation) => annotation.kind === 'keypoints');
  const gaze = annotations.find((annotation) => annotation.kind === 'gaze');
  const places: Point[] = keypoints?.points.filter(({ visibility }) => visibility > 0) ?? [];
  if (gaze) {
    const origin = gazeOrigin(keypoints, size);
    places.push(origin, gazeTip(gaze, origin, size));
  }
  if (places.length === 0) return undefined;
  const left = Math.min(...places.map(({ x }) => x));
  const top = Math.min(...places.map(({ y }) => y));
  return {
    x: left,
    y: top,
    width: Math.max(...places.map(({ x }) => x)) - left,
    height: Math.max(...places.map(({ y }) => y)) - top,
  };
}

/** An arrow cannot be turned further from the camera than this (sine of the angle): 88°. */
const MOST_SIDEWAYS = 0.9994;

const gazeReachPx = ({ widthPx, heightPx }: Size): number => Math.max(widthPx, heightPx) / 2;

function fingerColour(name: string): MarkColour | undefined {
  return FINGER_COLOURS.find(([finger]) => name.startsWith(`${finger}-`))?.[1];
}

function colourOfKeypoint(name: string): MarkColour {
  return fingerColour(name) ?? LAYER_COLOURS[layerOfKeypoint(name)];
}

function drawKeypoints(keypoints: Keypoints, lines: PathsByStyle, dots: PathsByStyle): void {
  const { names, bones } = keypointLayout(keypoints.layout, keypoints.points.length);
  const joined = new Set(bones.flat());
  for (const [from, to] of bones) {
    const [start, end] = [keypoints.points[from], keypoints.points[to]];
    if (!start || !end || start.visibility === 0 || end.visibility === 0) continue;
    // A bone belongs to the finger of its outer joint, and a lid to its lid.
    const name = names[to] ?? '';
    const isHidden = start.visibility === 1 || end.visibility === 1;
    lines.add(layerOfKeypoint(name), colourOfKeypoint(name), isHidden, `M${at(start)}L${at(end)}`);
  }
  keypoints.points.forEach((point, index) => {
    const name = names[index] ?? '';
    const layer = layerOfKeypoint(name);
    // Dots on every point of a contour would hide what they mark.
    const isContour = joined.has(index) && layer !== 'skeleton' && layer !== 'points';
    if (point.visibility === 0 || isContour) return;
    dots.add(layer, colourOfKeypoint(name), point.visibility === 1, `M${at(point)}h0`);
  });
}

function drawGaze(gaze: Gaze, origin: Point, size: Size, lines: PathsByStyle, dots: PathsByStyle): void {
  const tip = gazeTip(gaze, origin, size);
  const isAway = gaze.vector[2] > 0;
  const [x, y] = [tip.x - origin.x, tip.y - origin.y];
  const length = Math.hypot(x, y);
  dots.add('gaze', LAYER_COLOURS.gaze, isAway, `M${at(origin)}h0`);
  if (length < 0.01) return;
  const head = Math.min(length * 0.4, gazeReachPx(size) * 0.14);
  const [right, down] = [(x / length) * head, (y / length) * head];
  const barb = (side: 1 | -1): string =>
    at({ x: tip.x - right - side * 0.5 * down, y: tip.y - down + side * 0.5 * right });
  lines.add(
    'gaze',
    LAYER_COLOURS.gaze,
    isAway,
    `M${at(origin)}L${at(tip)}M${barb(1)}L${at(tip)}L${barb(-1)}`,
  );
}

/** Joins what is drawn alike into one path. */
class PathsByStyle {
  readonly #paths = new Map<string, LabelLine>();

  add(layer: LabelLayer, colour: MarkColour, isHidden: boolean, path: string): void {
    const key = `${layer} ${colour} ${isHidden}`;
    const known = this.#paths.get(key)?.path ?? '';
    this.#paths.set(key, { layer, colour, isHidden, path: known + path });
  }

  all(): readonly LabelLine[] {
    return [...this.#paths.values()];
  }
}

function meanOf(points: readonly Point[]): Point {
  const sum = points.reduce((left, right) => ({ x: left.x + right.x, y: left.y + right.y }));
  return { x: sum.x / points.length, y: sum.y / points.length };
}

const at = ({ x, y }: Point): string => `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;
