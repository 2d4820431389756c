/** Tells of jobs: at once, or soon and then at most ten times a second for each. */
export interface Publisher {
  now(id: number): void;
  soon(id: number): void;
  stop(): void;
}

const INTERVAL_MS = 100;

export function createPublisher(publish: (id: number) => void): Publisher {
  const toldMs = new Map<number, number>();
  const timers = new Map<number, NodeJS.Timeout>();
  const now = (id: number): void => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    toldMs.set(id, performance.now());
    publish(id);
  };
  return {
    now,
    soon(id) {
      if (timers.has(id)) return;
      const waitMs = (toldMs.get(id) ?? -Infinity) + INTERVAL_MS - performance.now();
      if (waitMs <= 0) now(id);
      else
        timers.set(
          id,
          setTimeout(() => now(id), waitMs),
        );
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
