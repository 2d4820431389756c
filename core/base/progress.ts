/** How far a long piece of work has come. `total` is undefined while it is not known. */
export interface Progress {
  readonly done: number;
  readonly total: number | undefined;
  /** What is counted: "images", "steps". */
  readonly unit: string;
  /** What is happening, in a few words: "Reading images". */
  readonly label: string;
}

export type ProgressListener = (progress: Progress) => void;

/** Rate and time left over a sliding window, so that pauses and warm-up do not spoil the estimate. */
export interface RateMeter {
  update(done: number, nowMs: number): void;
  /** Units per second over the window; undefined until there is enough to say. */
  perSecond(): number | undefined;
  secondsLeft(total: number | undefined): number | undefined;
}

export function createRateMeter(windowMs = 15_000): RateMeter {
  const samples: { done: number; atMs: number }[] = [];
  const perSecond = (): number | undefined => {
    const first = samples.at(0);
    const last = samples.at(-1);
    if (!first || !last || last.atMs - first.atMs < 300 || last.done <= first.done) return undefined;
    return ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
  };
  return {
    update(done, nowMs) {
      samples.push({ done, atMs: nowMs });
      while (samples.length > 2 && samples[0].atMs < nowMs - windowMs) samples.shift();
    },
    perSecond,
    secondsLeft(total) {
      const rate = perSecond();
      const last = samples.at(-1);
      if (total === undefined || rate === undefined || !last) return undefined;
      return Math.max(0, (total - last.done) / rate);
    },
  };
}
