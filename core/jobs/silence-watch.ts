/** Notices that the other end of a line has fallen silent. */
export interface SilenceWatch {
  /** The other end has said something. */
  heard(): void;
  stop(): void;
}

const TICKS = 10;

/**
 * Counts short intervals without a sign of life. It counts and does not read the clock, so that a computer that slept, or
 * a process whose own event loop stood still, does not take its own absence for the other's.
 */
export function createSilenceWatch(limitMs: number, onSilence: () => void): SilenceWatch {
  let silentTicks = 0;
  const timer = setInterval(() => {
    silentTicks += 1;
    if (silentTicks < TICKS) return;
    clearInterval(timer);
    onSilence();
  }, limitMs / TICKS);
  timer.unref();
  return {
    heard: () => void (silentTicks = 0),
    stop: () => clearInterval(timer),
  };
}
