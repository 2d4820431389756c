/** Names, bones and mirror pairs of a set of keypoints; the order of `names` is the order of the points. */
export interface KeypointLayout {
  readonly id: string;
  readonly names: readonly string[];
  /** Pairs of indices to join with a line. */
  readonly bones: readonly (readonly [number, number])[];
  /** Which point has each place's name on the other hand; left out where there is no other. */
  readonly otherSide?: readonly number[];
  /** Plural and singular of what the points describe, for COCO's category and the interface. */
  readonly subject: string;
}

const FINGERS = ['thumb', 'index', 'middle', 'ring', 'little'] as const;

/** Wrist, then each finger from base to tip: the order of OpenPose, MediaPipe and FreiHAND. */
export const HAND_21: KeypointLayout = {
  id: 'hand-21',
  subject: 'hand',
  names: ['wrist', ...FINGERS.flatMap((finger) => [1, 2, 3, 4].map((joint) => `${finger}-${joint}`))],
  bones: FINGERS.flatMap((_, finger) =>
    [0, 1, 2, 3].map((joint): [number, number] => [
      joint === 0 ? 0 : finger * 4 + joint,
      finger * 4 + joint + 1,
    ]),
  ),
  otherSide: [0, ...[4, 3, 2, 1, 0].flatMap((finger) => [1, 2, 3, 4].map((joint) => finger * 4 + joint))],
};

/**
 * The 14 joints by which results on NYU Hand Pose are compared: tip and middle of each finger from the little one on, the
 * thumb's base, both sides of the wrist, the palm.
 */
export const HAND_14: KeypointLayout = {
  id: 'hand-14',
  subject: 'hand',
  names: [
    ...['little', 'ring', 'middle', 'index', 'thumb'].flatMap((finger) => [
      `${finger}-tip`,
      `${finger}-middle`,
    ]),
    'thumb-base',
    'wrist-1',
    'wrist-2',
    'palm',
  ],
  bones: [
    ...[0, 2, 4, 6].flatMap((tip): [number, number][] => [
      [13, tip + 1],
      [tip + 1, tip],
    ]),
    [13, 10],
    [10, 9],
    [9, 8],
    [13, 11],
    [13, 12],
  ],
  otherSide: [...[8, 6, 4, 2, 0].flatMap((tip) => [tip, tip + 1]), 10, 12, 11, 13],
};

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

const chain = (start: number, count: number): [number, number][] =>
  Array.from({ length: count - 1 }, (_, index) => [start + index, start + index + 1]);

const loop = (start: number, count: number): [number, number][] => [
  ...chain(start, count),
  [start + count - 1, start],
];

/**
 * An eye as the simulator labels it: centres and contours of pupil and iris (counted clockwise in the image from its
 * right), the two corners (left and right in the image), the lids from the left corner to the right one.
 */
export const EYE_34: KeypointLayout = {
  id: 'eye-34',
  subject: 'eye',
  names: [
    'pupil-centre',
    'iris-centre',
    ...numbered('pupil', 8),
    ...numbered('iris', 8),
    'corner-left',
    'corner-right',
    ...numbered('lid-upper', 7),
    ...numbered('lid-lower', 7),
  ],
  bones: [
    ...loop(2, 8),
    ...loop(10, 8),
    [18, 20],
    ...chain(20, 7),
    [26, 19],
    [18, 27],
    ...chain(27, 7),
    [33, 19],
  ],
};

/** UnityEyes: the lid margin as a closed loop, the caruncle, and the limbus as a full circle. */
export const UNITY_EYES_55: KeypointLayout = {
  id: 'unityeyes-55',
  subject: 'eye',
  names: [...numbered('interior-margin', 16), ...numbered('caruncle', 7), ...numbered('iris', 32)],
  bones: [...loop(0, 16), ...chain(16, 7), ...loop(23, 32)],
};

export const KNOWN_LAYOUTS: readonly KeypointLayout[] = [HAND_21, HAND_14, EYE_34, UNITY_EYES_55];

const LAYOUTS = new Map(KNOWN_LAYOUTS.map((layout) => [layout.id, layout]));

/** A known layout, or one with plain numbers for names. */
export function keypointLayout(id: string, pointCount: number): KeypointLayout {
  return LAYOUTS.get(id) ?? { id, subject: 'object', names: numbered('point', pointCount), bones: [] };
}

/** The id of the known layout with these names in this order; case and separators do not count. */
export function layoutOfNames(names: readonly string[]): string | undefined {
  const key = (list: readonly string[]): string =>
    list.map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')).join(' ');
  return KNOWN_LAYOUTS.find((layout) => key(layout.names) === key(names))?.id;
}
