import type { ProgressListener } from '../../base/progress.ts';
import type { Library } from '../../library/library.ts';
import type { Inbox } from './control-inbox.ts';

/** How often a process that does not train says that it is there. */
const IDLE_MS = 10_000;

/** The hooks, with signs of life for work before and between steps, which may take long. */
export function signsOfLife<Hooks extends { readonly onProgress: ProgressListener }>(
  library: Library,
  runId: number,
  hooks: Hooks,
): Hooks {
  let toldMs = 0;
  return {
    ...hooks,
    onProgress(progress) {
      if (performance.now() - toldMs > IDLE_MS) {
        toldMs = performance.now();
        library.runs.idle(runId);
      }
      hooks.onProgress(progress);
    },
  };
}

/** Signs of life of a pause, whose time is no time of work. */
export function watchRest(library: Library, runId: number) {
  let isPaused = false;
  let toldMs = 0;
  const idle = (): void => {
    toldMs = performance.now();
    library.runs.idle(runId);
  };
  return {
    tell(paused: boolean): void {
      if (!paused) idle();
      isPaused = paused;
    },
    /** The inbox, which gives signs of life whenever it is asked for what ends the pause. */
    during(inbox: Inbox): Inbox {
      return {
        ...inbox,
        take(kinds) {
          if (isPaused && performance.now() - toldMs > IDLE_MS) idle();
          return inbox.take(kinds);
        },
      };
    },
  };
}
