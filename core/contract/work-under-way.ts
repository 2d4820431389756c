import { z } from 'zod';
import { StudioError } from '../base/studio-error.ts';

/**
 * What becomes of work under way in the library that is left. `refuse`: the library stays open, and the failure says
 * what is under way. `stop`: the work is stopped, a training with a checkpoint, and starts again only when asked to.
 */
export const whenBusySchema = z.enum(['refuse', 'stop']).default('refuse');

const REASON = 'work-under-way';

/** @param work what is under way, as sentences: "run 1 is training, about 10 min left." */
export function workUnderWay(work: string): StudioError {
  return new StudioError('busy', work, {
    remedy: 'Wait until it has ended, or stop it before you open another library.',
    details: { reason: REASON },
  });
}

/** Whether a library was not left because of work under way. */
export function isWorkUnderWay(error: unknown): error is StudioError {
  return error instanceof StudioError && error.details.reason === REASON;
}
