import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StudioFailure } from '../../contract/studio-failure.ts';
import type { Library } from '../../library/library.ts';
import { isProcessAlive } from '../../library/process-alive.ts';

const INTERRUPTED: StudioFailure = {
  code: 'engine',
  message: 'It was interrupted: the studio ended while this was at work.',
  remedy: 'Start it again; what was saved is kept.',
  details: {},
  cause: null,
};

/** A worker notices at its next turn that its studio is gone; its number may also be another process's by now. */
const PATIENCE_MS = 10_000;
const INTERVAL_MS = 100;

/**
 * Jobs that were at work when their studio died failed. Their workers cannot write into the library any more; `gone`
 * settles when they no longer write their files either, or after ten seconds.
 */
export function failAbandoned(library: Library): { readonly gone: Promise<void> } {
  const abandoned = library.jobs.open().filter(({ status }) => status === 'running');
  for (const { id } of abandoned) library.jobs.update(id, { status: 'failed', failure: INTERRUPTED });
  const workers = abandoned.flatMap(({ workerProcessId }) => workerProcessId ?? []);
  return { gone: untilGone(workers) };
}

async function untilGone(processIds: readonly number[]): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (
    performance.now() < deadlineMs &&
    processIds.some((processId) => isProcessAlive(processId, hostname()) === true)
  ) {
    await sleep(INTERVAL_MS);
  }
}
