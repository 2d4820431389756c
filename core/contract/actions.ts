import { editActions } from './actions/edit.ts';
import { fileActions } from './actions/file.ts';
import { goActions } from './actions/go.ts';
import { helpActions } from './actions/help.ts';
import { loupeActions } from './actions/loupe.ts';
import { resultActions } from './actions/results.ts';
import { trainActions } from './actions/train.ts';
import type { UserAction } from './actions/user-action.ts';
import { viewActions } from './actions/view.ts';

export { gestures } from './actions/gestures.ts';
export { isSingleKey, keysOf } from './actions/keys.ts';
export type { ActionMenu, ActionNeed, ActionScope, UserAction } from './actions/user-action.ts';

/**
 * Everything that a user can do, in the order of the menus: the one list from which the native menu bar, the command
 * palette and the shortcut sheet are made. A menu item sends the event `command` with the action's id.
 */
export const userActions = [
  ...fileActions,
  ...editActions,
  ...viewActions,
  ...loupeActions,
  ...goActions,
  ...trainActions,
  ...resultActions,
  ...helpActions,
] as const satisfies readonly UserAction[];

export type ActionId = (typeof userActions)[number]['id'];
