import { isSingleKey, keysOf, type ActionScope, type UserAction } from '../../../core/contract/actions.ts';
import type { Settings } from '../../../core/contract/operations/studio.ts';
import { allActions } from '../../composables/actionPlaces.ts';

export interface KeyRow {
  readonly id: string;
  readonly title: string;
  readonly scope: ActionScope;
  /** Empty: none. */
  readonly keys: string;
  readonly isChanged: boolean;
  /** Titles of the actions that would answer the same keys. */
  readonly conflicts: readonly string[];
}

const titleOf = ({ submenu, title }: UserAction): string =>
  submenu === undefined ? title : `${submenu}: ${title}`;

/** Single keys of two parts of the window do not meet; all others do. */
function canMeet(left: UserAction, right: UserAction, keys: string): boolean {
  if (!isSingleKey(keys)) return true;
  return left.scope === right.scope || left.scope === 'global' || right.scope === 'global';
}

/** Every action with the keys it has now, and with whom it shares them. */
export function keyRows(settings: Pick<Settings, 'keys'>): KeyRow[] {
  const all = allActions.map((action) => ({ action, keys: keysOf(action, settings) ?? '' }));
  return all.map(({ action, keys }) => ({
    id: action.id,
    title: titleOf(action),
    scope: action.scope,
    keys,
    isChanged: settings.keys[action.id] !== undefined,
    conflicts:
      keys === ''
        ? []
        : all
            .filter(
              (other) =>
                other.action.id !== action.id && other.keys === keys && canMeet(action, other.action, keys),
            )
            .map((other) => titleOf(other.action)),
  }));
}

/** The settings' keys with those of one action changed; undefined gives it its usual ones. */
export function withKeys(keys: Settings['keys'], id: string, chosen: string | undefined): Settings['keys'] {
  const others = Object.fromEntries(Object.entries(keys).filter(([other]) => other !== id));
  const action = allActions.find((known) => known.id === id);
  const usual = action && (keysOf(action, { keys: {} }) ?? '');
  return chosen === undefined || chosen === usual ? others : { ...others, [id]: chosen };
}
