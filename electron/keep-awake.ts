import type { PowerSaveBlocker } from 'electron';

/** Keeps the computer from sleeping while something is at work, and only then. The screen may go dark. */
export function createKeepAwake(
  blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>,
): (isWorking: boolean) => void {
  let block: number | undefined;
  return (isWorking) => {
    if (isWorking && block === undefined) block = blocker.start('prevent-app-suspension');
    if (!isWorking && block !== undefined) {
      blocker.stop(block);
      block = undefined;
    }
  };
}
