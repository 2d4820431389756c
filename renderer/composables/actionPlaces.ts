import { userActions, type ActionId, type ActionNeed, type UserAction } from '../../core/contract/actions.ts';

export const allActions: readonly UserAction[] = userActions;

export function isActionId(id: string): id is ActionId {
  return userActions.some((known) => known.id === id);
}

type Place = 'data' | 'map' | 'health' | 'train' | 'runs' | 'inspect' | 'evaluate' | 'export' | 'settings';

/** The screen that does an action which can be asked for anywhere: it is gone to first. */
const PLACES: Partial<Record<ActionId, Place>> = {
  simulate: 'data',
  'export.start': 'export',
  'export.verify': 'export',
  'edit.history': 'data',
  'tag.rename': 'data',
  'grid.filter': 'data',
  'grid.go-to': 'data',
  'grid.select-all': 'data',
  'view.remove': 'data',
  'run.start': 'train',
  'run.preflight': 'train',
  'run.probe': 'train',
  'run.command-line': 'train',
  'preset.save': 'train',
  'preset.remove': 'train',
  'trash.empty': 'runs',
  'refine.start': 'export',
  'dial.measure': 'inspect',
  'dial.set': 'inspect',
  'discriminator.ask': 'inspect',
  'history.view': 'inspect',
  'evaluate.start': 'evaluate',
  'turing.start': 'evaluate',
  'domains.compare': 'health',
  'map.make': 'map',
  'engines.measure': 'settings',
};

export const placeOf = (id: ActionId): Place | undefined => PLACES[id];

/** What is missing, of what the window knows without asking: a library. The rest a screen knows. */
export function isMissing(needs: ActionNeed, isLibraryOpen: boolean): boolean {
  return needs !== 'nothing' && !isLibraryOpen;
}
