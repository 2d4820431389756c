import { setImmediate as nextTurn } from 'node:timers/promises';
import { StudioError } from '../base/studio-error.ts';

/** Knows whether the device that a training computes on can still be trusted. */
export interface DeviceWatch {
  /**
   * To be called before anything of a step is kept.
   * @throws StudioError 'engine' once the device has failed
   */
  refuseLost(step: number): Promise<void>;
  /** Of an error that ended a training: the failure of the device where that is behind it, or else the error itself. */
  explain(error: unknown, step: number): Promise<unknown>;
}

/** @param lost settles with a reason when the device has failed, as `Engine.lost` does; undefined where none can be lost */
export function watchDevice(lost: Promise<string> | undefined): DeviceWatch {
  let reason: string | undefined;
  void lost?.then((text) => (reason = text));
  const lossAt = (step: number, cause?: unknown): StudioError | undefined =>
    reason === undefined
      ? undefined
      : new StudioError('engine', `The device failed in step ${step}: ${asSentence(reason)}`, {
          remedy:
            'Nothing after the last checkpoint is kept. Go on with "simgan train --resume last"; if it happens again, update the driver of the graphics card or choose another engine with --engine.',
          details: { step },
          cause,
        });
  return {
    async refuseLost(step) {
      // The driver's news arrives between two turns.
      await nextTurn();
      const loss = lossAt(step);
      if (loss) throw loss;
    },
    async explain(error, step) {
      // What fails on a lost device may fail before the loss itself is told.
      if (lost && !(error instanceof StudioError)) await Promise.race([lost, waitForNews()]);
      return lossAt(step, error) ?? error;
    },
  };
}

const NEWS_MS = 500;

function waitForNews(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, NEWS_MS));
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
