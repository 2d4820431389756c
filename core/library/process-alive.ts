import { hostname } from 'node:os';
import { systemCodeOf } from '../base/studio-error.ts';

/** Whether a process is there. Undefined when that cannot be told from here, as it is (or was) on another host. */
export function isProcessAlive(processId: number, host: string): boolean | undefined {
  if (host !== hostname()) return undefined;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: there, but of another user.
    return systemCodeOf(error) !== 'ESRCH';
  }
}
