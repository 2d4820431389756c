import { useEventListener } from '@vueuse/core';
import { isSingleKey, keysOf, type ActionId, type UserAction } from '../../core/contract/actions.ts';
import { useSettingsStore } from '../stores/settingsStore.ts';
import { allActions } from './actionPlaces.ts';
import { isPressed, onMac } from './keys.ts';

/** Those in which keys write text, or are answered by a menu or dialog that is open. */
const WRITES = 'input, textarea, select, [contenteditable=true], [role=textbox], [role=combobox]';
const FLOATS = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox][data-state=open]';
/** Of text these are undone by the field itself. */
const FIELDS_OWN: readonly ActionId[] = ['edit.undo', 'edit.redo'];

/**
 * The keys of all actions, for the whole window. An action of a part of the window acts while the focus is in an element
 * with `data-scope` of that name, or nowhere in particular.
 */
export function useActionKeys(act: (id: ActionId) => boolean): void {
  const store = useSettingsStore();

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const isWriting = target.closest(WRITES) !== null && !isTick(target);
    const isBelowDialog = document.querySelector(FLOATS) !== null;
    const isFree = target === document.body || target.id === 'main';
    const isMeant = (action: UserAction): boolean => {
      const keys = keysOf(action, store.settings);
      if (keys === undefined || !isPressed(keys, event, onMac)) return false;
      if (isBelowDialog) return false;
      if (isWriting && FIELDS_OWN.some((id) => id === action.id)) return false;
      if (!isSingleKey(keys)) return true;
      if (isWriting || (!store.settings.singleKeys && keys !== 'Escape')) return false;
      return action.scope === 'global' || isFree || target.closest(`[data-scope~=${action.scope}]`) !== null;
    };
    for (const action of allActions.filter(isMeant)) {
      // Several parts may give one key different meanings: the first that is there takes it.
      if (act(action.id as ActionId)) {
        event.preventDefault();
        return;
      }
    }
  });
}

/** A tick box or slider is an input that keys do not write into. */
function isTick(element: Element): boolean {
  return element instanceof HTMLInputElement && /^(checkbox|radio|range|button)$/.test(element.type);
}
