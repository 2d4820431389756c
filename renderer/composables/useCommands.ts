import { useRouter } from 'vue-router';
import type { ActionId, UserAction } from '../../core/contract/actions.ts';
import { useLibraryStore } from '../stores/libraryStore.ts';
import { useToastStore } from '../stores/toastStore.ts';
import { text } from '../text/index.ts';
import { allActions, isActionId, isMissing, placeOf } from './actionPlaces.ts';
import { expectAction, runAction, whyNot } from './actions.ts';

/** What palette, keys and menu need: whether an action can be done now, and doing it. */
export function useCommands() {
  const library = useLibraryStore();
  const router = useRouter();
  const toasts = useToastStore();

  const placeElsewhere = (id: ActionId) => {
    const place = placeOf(id);
    return place !== undefined && router.currentRoute.value.name !== place ? place : undefined;
  };

  /** Empty where it can be done; else why it cannot. Reactive. */
  function whyDisabled({ id, needs }: UserAction): string {
    if (!isActionId(id)) return '';
    const why = whyNot(id);
    if (why !== undefined) return why;
    if (isMissing(needs, library.isOpen)) return text.shell.needs.library;
    return placeElsewhere(id) === undefined ? text.shell.needs[needs] : '';
  }

  /** Does it here, or goes to the screen that does. Says whether something was begun. */
  function act(id: ActionId): boolean {
    const action = allActions.find((known) => known.id === id);
    if (!action || whyDisabled(action) !== '') return false;
    if (runAction(id)) return true;
    const place = placeElsewhere(id);
    if (place === undefined) return false;
    expectAction(id);
    void router.push({ name: place });
    return true;
  }

  /** What a menu item or the palette asks for: where it cannot be done, it says why. */
  function actOrSay(id: string): void {
    const action = allActions.find((known) => known.id === id);
    if (!action || !isActionId(id)) return;
    const why = whyDisabled(action);
    if (why !== '') toasts.say(`${action.title}: ${why}`);
    else act(id);
  }

  return { whyDisabled, act, actOrSay };
}
