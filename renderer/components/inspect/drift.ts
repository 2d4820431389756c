import type { RefinedImage } from './useFilmstrip.ts';

/** Points that the label net finds, before and after refining, in pixels of the prepared image. */
export type Reading = NonNullable<RefinedImage['labelNet']>;
type Point = Reading['before'][number];

/** Arrows are this many times as long as the way, which is often less than a pixel. */
const TIMES = 10;

export const moved = (before: Point, after: Point): number =>
  Math.hypot(after[0] - before[0], after[1] - before[1]);

/** From where each point was, toward where it is, with a head. */
export function arrowsOf({ before, after }: Reading): readonly {
  readonly before: Point;
  readonly after: Point;
  readonly tip: Point;
  readonly path: string;
}[] {
  return before.flatMap((from, index) => {
    const to = after[index];
    if (!to) return [];
    const [x, y] = [(to[0] - from[0]) * TIMES, (to[1] - from[1]) * TIMES];
    const tip: Point = [from[0] + x, from[1] + y];
    const head = (side: 1 | -1): string =>
      `${tip[0] - 0.25 * x - side * 0.12 * y} ${tip[1] - 0.25 * y + side * 0.12 * x}`;
    const path = `M${from[0]} ${from[1]}L${tip[0]} ${tip[1]}M${head(1)}L${tip[0]} ${tip[1]}L${head(-1)}`;
    return [{ before: from, after: to, tip, path }];
  });
}
