import type { MenuItemConstructorOptions } from 'electron';
import {
  isSingleKey,
  keysOf,
  userActions,
  type ActionId,
  type ActionMenu,
  type UserAction,
} from '../core/contract/actions.ts';

export interface MenuState {
  readonly platform: NodeJS.Platform;
  readonly appName: string;
  readonly isLibraryOpen: boolean;
  /** Folders of recent libraries, newest first, with the names to show. */
  readonly recent: readonly { readonly folder: string; readonly name: string }[];
  /** Keys by action, where they differ from the catalogue's. */
  readonly keys: Readonly<Record<string, string>>;
  readonly withDeveloperTools: boolean;
}

/** What menu items do; the shell's own beside those of the catalogue. */
export interface MenuHandlers {
  readonly act: (id: ActionId) => void;
  readonly openRecent: (folder: string) => void;
  readonly showLicences: () => void;
  readonly showAbout: () => void;
}

type Item = MenuItemConstructorOptions;

const SEPARATOR: Item = { type: 'separator' };

/**
 * The menu bar: every action of the catalogue, the items with roles that each system expects, and recent libraries. On
 * macOS settings and quitting are in the menu of the program, elsewhere in File, as people know it.
 */
export function buildMenu(state: MenuState, handlers: MenuHandlers): Item[] {
  const isMac = state.platform === 'darwin';
  const of = (menu: ActionMenu): Item[] => itemsOf(menu, state, handlers);
  const settings = settingsItem(state, handlers);
  // Alt and the first letter open a menu; macOS has no such keys.
  const title = (name: string): string => (isMac ? name : `&${name}`);
  const file = withRecent(of('file'), state, handlers);
  return [
    ...(isMac ? [appMenu(state.appName, settings)] : []),
    {
      label: title('File'),
      submenu: isMac
        ? [...file, SEPARATOR, { role: 'close' }]
        : [...file, SEPARATOR, settings, SEPARATOR, { role: 'quit' }],
    },
    {
      label: title('Edit'),
      submenu: [
        ...of('edit').slice(0, UNDO_ITEMS),
        SEPARATOR,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        ...of('edit').slice(UNDO_ITEMS),
      ],
    },
    {
      label: title('View'),
      submenu: [
        ...of('view'),
        SEPARATOR,
        { role: 'togglefullscreen' },
        ...(state.withDeveloperTools ? [{ role: 'toggleDevTools' } as const] : []),
      ],
    },
    { label: title('Go'), submenu: of('go') },
    { label: title('Train'), submenu: of('train') },
    { label: title('Results'), submenu: of('results') },
    {
      role: 'window',
      label: title('Window'),
      submenu: [
        { role: 'minimize' },
        // Elsewhere a window is enlarged by its frame, and this role does nothing.
        ...(isMac
          ? [{ role: 'zoom' } as const, SEPARATOR, { role: 'front' } as const]
          : [{ role: 'close' } as const]),
      ],
    },
    {
      role: 'help',
      label: title('Help'),
      submenu: [
        ...of('help'),
        SEPARATOR,
        { label: 'Licences', click: () => handlers.showLicences() },
        ...(isMac ? [] : [{ id: 'about', label: 'About SimGAN Studio', click: () => handlers.showAbout() }]),
      ],
    },
  ];
}

/** Undo, redo and their history come before cut and copy, as everywhere. */
const UNDO_ITEMS = userActions.filter(({ menu, group }) => menu === 'edit' && group === 'undo').length;

function appMenu(appName: string, settings: Item): Item {
  return {
    label: appName,
    submenu: [
      { role: 'about' },
      SEPARATOR,
      settings,
      SEPARATOR,
      { role: 'services' },
      SEPARATOR,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      SEPARATOR,
      { role: 'quit' },
    ],
  };
}

function settingsItem(state: MenuState, handlers: MenuHandlers): Item {
  const action = userActions.find(({ id }) => id === 'settings');
  if (action === undefined) throw new Error('The catalogue of actions has no settings.');
  return itemOf(action, state, handlers);
}

/** The actions of a menu in the catalogue's order, a line between groups, submenus where their first action stands. */
function itemsOf(menu: ActionMenu, state: MenuState, handlers: MenuHandlers): Item[] {
  const items: Item[] = [];
  const submenus = new Map<string, Item[]>();
  let lastGroup: string | undefined;
  for (const action of userActions) {
    if (action.menu !== menu || action.id === 'settings') continue;
    const { group, submenu }: UserAction = action;
    if (lastGroup !== undefined && lastGroup !== group) items.push(SEPARATOR);
    lastGroup = group;
    const item = itemOf(action, state, handlers);
    const siblings = submenu === undefined ? undefined : submenus.get(submenu);
    if (submenu === undefined) items.push(item);
    else if (siblings) siblings.push(item);
    else {
      const children = [item];
      submenus.set(submenu, children);
      items.push({ label: submenu, submenu: children });
    }
  }
  return items;
}

function itemOf(
  action: UserAction & { readonly id: ActionId },
  state: MenuState,
  handlers: MenuHandlers,
): Item {
  const keys = keysOf(action, { keys: { ...state.keys } });
  return {
    id: action.id,
    label: action.title,
    enabled: action.needs === 'nothing' || state.isLibraryOpen,
    // A single key would act while somebody types a name; the window minds that, a menu bar cannot.
    ...(keys !== undefined && !isSingleKey(keys) && { accelerator: keys }),
    click: () => handlers.act(action.id),
  };
}

function withRecent(items: Item[], { recent }: MenuState, handlers: MenuHandlers): Item[] {
  const place = items.findIndex(({ id }) => id === ('library.open' satisfies ActionId)) + 1;
  const submenu: Item[] = recent.map(({ folder, name }) => ({
    // A single one would underline the letter after it.
    label: name.replaceAll('&', '&&'),
    toolTip: folder,
    click: () => handlers.openRecent(folder),
  }));
  const item: Item = { label: 'Open recent', enabled: recent.length > 0, submenu };
  return [...items.slice(0, place), item, ...items.slice(place)];
}
