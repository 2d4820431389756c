import * as tf from '@tensorflow/tfjs-core';

/** Comes out of work that was given up. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

let isCalled: (() => boolean) | undefined;

/**
 * Does work that may be given up before any of its convolutions, which take nearly all of its time on a processor: where
 * `called` says so, a `GivenUp` comes out of it. What its `tf.tidy` and its gradients hold is freed; what it kept by
 * `tf.keep` is its own to free.
 */
export function withGivingUp<Result>(called: () => boolean, work: () => Result): Result {
  const outer = isCalled;
  isCalled = called;
  try {
    return work();
  } catch (error) {
    freeTape();
    throw error;
  } finally {
    isCalled = outer;
  }
}

/** Throws a `GivenUp` where the work under way is to be given up. */
export function mayGiveUp(): void {
  if (isCalled?.()) throw new GivenUp('Given up for a command.');
}

/** tfjs frees what it saved for the gradients only once they are computed. */
function freeTape(): void {
  const { state } = tf.engine();
  const tape = state.activeTape as typeof state.activeTape | null | undefined;
  if (!tape || state.gradientDepth > 0) return;
  for (const { saved } of tape) tf.dispose(saved);
  Object.assign(state, { activeTape: null });
}
