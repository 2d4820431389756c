/** Work that is asked for often and done seldom. */
export interface Pace {
  /** Does the work now, or as soon as its turn has come; many requests become one. */
  readonly ask: () => void;
  readonly stop: () => void;
}

/** Does work at most once per interval and never twice at a time; what is asked for meanwhile is done afterwards. */
export function createPace(intervalMs: number, work: () => Promise<void>): Pace {
  let isAsked = false;
  let isBusy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  const begin = (): void => {
    if (isBusy || timer !== undefined || !isAsked || isStopped) return;
    isAsked = false;
    isBusy = true;
    timer = setTimeout(() => {
      timer = undefined;
      begin();
    }, intervalMs);
    void work().finally(() => {
      isBusy = false;
      begin();
    });
  };
  return {
    ask() {
      isAsked = true;
      begin();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
