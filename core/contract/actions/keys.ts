import type { Settings } from '../operations/studio.ts';
import type { UserAction } from './user-action.ts';

/**
 * The keys of an action as the user has them: those of the settings where there are some (an empty string: none), else
 * the catalogue's.
 */
export function keysOf(action: UserAction, settings: Pick<Settings, 'keys'>): string | undefined {
  const own = settings.keys[action.id];
  if (own !== undefined) return own === '' ? undefined : own;
  return action.accelerator ?? action.singleKey;
}

/** Whether keys are a single key, which must not act while a text field has the focus. */
export function isSingleKey(keys: string): boolean {
  return !/^F\d+$/.test(keys) && !/(?:^|\+)(?:CmdOrCtrl|Ctrl|Cmd|Alt|Super)\+/.test(keys);
}
