/** Readings of one metric, ascending in step. */
export interface MetricPoints {
  readonly firstStep: number;
  /** Null where there is a reading for every step from the first on. */
  readonly steps: Int32Array | null;
  readonly values: Float32Array;
}

/** Of readings at these steps, ascending. */
export function pointsAt(steps: Int32Array, values: Float32Array): MetricPoints {
  const isGapless = steps.length === 0 || steps[steps.length - 1] - steps[0] + 1 === steps.length;
  return { firstStep: steps[0] ?? 0, steps: isGapless ? null : steps, values };
}

export function lastStepOf(points: MetricPoints): number {
  return stepAt(points, points.values.length - 1);
}

export const stepAt = ({ firstStep, steps }: MetricPoints, index: number): number =>
  steps ? steps[index] : firstStep + index;

/** The part from one step to another, both included. */
export function within(points: MetricPoints, fromStep: number, toStep: number): MetricPoints {
  const start = placeOf(points, fromStep);
  const end = placeOf(points, toStep + 1);
  if (start === 0 && end === points.values.length) return points;
  return {
    firstStep: stepAt(points, start),
    steps: points.steps?.subarray(start, end) ?? null,
    values: points.values.subarray(start, end),
  };
}

/** The first reading of a step or later; their number where there is none. */
function placeOf({ firstStep, steps, values }: MetricPoints, step: number): number {
  if (!steps) return Math.min(Math.max(step - firstStep, 0), values.length);
  const place = steps.findIndex((one) => one >= step);
  return place < 0 ? steps.length : place;
}

/** The first reading from a place on that is of a step or later. */
export function placeAfter({ firstStep, steps, values }: MetricPoints, from: number, step: number): number {
  if (!steps) return Math.min(step - firstStep, values.length);
  let place = from;
  while (place < steps.length && steps[place] < step) place++;
  return place;
}

/** The same readings, every piece after the one before, none of them empty. */
export function inOrder(all: readonly MetricPoints[]): readonly MetricPoints[] {
  const pieces = all.filter(({ values }) => values.length > 0);
  const isAscending = pieces.every(
    (piece, index) => index === 0 || piece.firstStep > lastStepOf(pieces[index - 1]),
  );
  if (isAscending) return pieces;
  // Late readings, such as an evaluation of an old checkpoint: rare, so a plain map will do.
  const byStep = new Map<number, number>();
  for (const piece of pieces) piece.values.forEach((value, index) => byStep.set(stepAt(piece, index), value));
  const sorted = [...byStep].sort((left, right) => left[0] - right[0]);
  return [
    pointsAt(
      Int32Array.from(sorted, ([step]) => step),
      Float32Array.from(sorted, ([, value]) => value),
    ),
  ];
}
