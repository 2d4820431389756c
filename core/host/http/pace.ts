/** How many messages a window may send: so many at once, and so many a second in the long run. */
const MOST_AT_ONCE = 1000;
const PER_SECOND = 300;

/** A bucket of permissions that fills up with time. */
export interface Pace {
  /** Takes one, if there is one. */
  take(nowMs: number): boolean;
  /** Until there is one again. */
  waitMs(nowMs: number): number;
}

export function createPace(startMs: number): Pace {
  let left = MOST_AT_ONCE;
  let lastMs = startMs;
  const fill = (nowMs: number): void => {
    left = Math.min(MOST_AT_ONCE, left + ((nowMs - lastMs) / 1000) * PER_SECOND);
    lastMs = nowMs;
  };
  return {
    take(nowMs) {
      fill(nowMs);
      if (left < 1) return false;
      left -= 1;
      return true;
    },
    waitMs(nowMs) {
      fill(nowMs);
      return Math.max(0, ((1 - left) / PER_SECOND) * 1000);
    },
  };
}
