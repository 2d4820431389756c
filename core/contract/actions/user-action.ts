import type { OperationName } from '../contract.ts';

/** Where an action stands in the native menu bar. */
export type ActionMenu = 'file' | 'edit' | 'view' | 'go' | 'train' | 'results' | 'help';

/** Where an action's keys work. `global` is everywhere, the others only while their part of the window has the focus. */
export type ActionScope = 'global' | 'grid' | 'loupe' | 'run' | 'turing';

/** What must be there before an action can do something; the window tells in words what is missing. */
export type ActionNeed = 'nothing' | 'library' | 'images' | 'dataset' | 'run' | 'refined';

export interface UserAction {
  readonly id: string;
  /** As menu, palette and shortcut sheet name it. Three points: it asks something before it acts. */
  readonly title: string;
  readonly menu: ActionMenu;
  /** Actions of one group stand together; a line divides the groups of a menu. */
  readonly group: string;
  /** The title of the submenu it stands in. */
  readonly submenu?: string;
  readonly scope: ActionScope;
  readonly needs: ActionNeed;
  /** Works everywhere in its scope, also while a text field has the focus: "CmdOrCtrl+N". */
  readonly accelerator?: string;
  /** One key, which does nothing while a text field has the focus or where the settings turn single keys off: "X". */
  readonly singleKey?: string;
  /** What it asks of the studio in the end; none where it concerns the window alone. */
  readonly operations?: readonly OperationName[];
}
