import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { StudioEvent } from '../../core/contract/events.ts';
import { studio } from '../studio.ts';

/** A snapshot of something in the studio that is kept true by its events. */
export interface Live<Value> {
  /** Undefined until the first snapshot is there. */
  readonly value: Readonly<ShallowRef<Value | undefined>>;
  /** Why the last snapshot could not be taken. */
  readonly error: Readonly<ShallowRef<unknown>>;
  /** Takes a new snapshot. One that is under way when another is asked for is forgotten. */
  readonly refresh: () => Promise<void>;
}

/**
 * Snapshot, then push: loads once, after every reconnection and for every event that makes it stale, and lets `apply`
 * take over events that carry the new state themselves. Ends with the scope (component or store) that made it.
 *
 * @param key whatever reactive `load` depends on: when it changes, there is a new snapshot
 */
export function useLive<Value>(
  load: () => Promise<Value>,
  onEvent: (event: StudioEvent, current: Value | undefined) => 'stale' | { readonly now: Value } | undefined,
  key?: () => unknown,
): Live<Value> {
  const value = shallowRef<Value>();
  const error = shallowRef<unknown>();
  let newest = 0;
  const refresh = async (): Promise<void> => {
    newest += 1;
    const asked = newest;
    try {
      const loaded = await load();
      if (asked !== newest) return;
      value.value = loaded;
      error.value = undefined;
    } catch (caught) {
      if (asked === newest) error.value = caught;
    }
  };
  onScopeDispose(
    studio.subscribe((event) => {
      const outcome = onEvent(event, value.value);
      if (outcome === 'stale') void refresh();
      else if (outcome) {
        // What is under way was asked for before this event.
        newest += 1;
        value.value = outcome.now;
      }
    }),
  );
  onScopeDispose(studio.onReconnect(() => void refresh()));
  if (key) watch(key, () => void refresh());
  void refresh();
  return { value, error, refresh };
}
