import type { Progress, ProgressListener } from '../../base/progress.ts';

const INTERVAL_MS = 100;

/** A listener that hears at most ten times a second, and always of a new label and of the end. */
export function throttled(listener: ProgressListener | undefined): ProgressListener {
  if (!listener) return () => undefined;
  let lastMs = -Infinity;
  let lastLabel = '';
  return (progress: Progress) => {
    const nowMs = performance.now();
    const isMore = progress.label === lastLabel && progress.done !== progress.total;
    if (isMore && nowMs - lastMs < INTERVAL_MS) return;
    lastMs = nowMs;
    lastLabel = progress.label;
    listener(progress);
  };
}
