import { onScopeDispose, shallowReactive, toValue, type MaybeRefOrGetter } from 'vue';
import type { ActionId } from '../../core/contract/actions.ts';
import { attempt } from './attempt.ts';

interface Handler {
  readonly run: () => unknown;
  readonly why: MaybeRefOrGetter<string>;
}

/** Of each action the handlers that are there now; the newest is asked. */
const handlers = shallowReactive(new Map<ActionId, readonly Handler[]>());

/** One that was asked for before the screen that does it was there. */
let expected: { readonly id: ActionId; readonly untilMs: number } | undefined;
const PATIENCE_MS = 5_000;

/**
 * Gives an action of the catalogue its handler for as long as the component (or scope) lives. The menu, the palette and
 * its keys then do it. `why` says in words why it cannot be done now; empty where it can.
 */
export function useAction(
  id: ActionId,
  run: () => unknown,
  { why = '' }: { why?: MaybeRefOrGetter<string> } = {},
): void {
  const handler: Handler = { run, why };
  handlers.set(id, [...(handlers.get(id) ?? []), handler]);
  onScopeDispose(() => {
    const others = (handlers.get(id) ?? []).filter((other) => other !== handler);
    if (others.length > 0) handlers.set(id, others);
    else handlers.delete(id);
  });
  if (expected?.id === id) {
    const isInTime = performance.now() < expected.untilMs;
    expected = undefined;
    // The screen is still being set up.
    if (isInTime) setTimeout(() => runAction(id));
  }
}

/** Undefined while no screen does it; else why it cannot be done now, empty where it can. Reactive. */
export function whyNot(id: ActionId): string | undefined {
  const handler = handlers.get(id)?.at(-1);
  return handler && toValue(handler.why);
}

/** Does an action where there is a handler that can; failures become toasts. Says whether it was begun. */
export function runAction(id: ActionId): boolean {
  const handler = handlers.get(id)?.at(-1);
  if (!handler || toValue(handler.why) !== '') return false;
  void attempt(async () => {
    await handler.run();
  });
  return true;
}

/** Does an action as soon as a screen that is about to come gives it a handler. */
export function expectAction(id: ActionId): void {
  expected = { id, untilMs: performance.now() + PATIENCE_MS };
}
