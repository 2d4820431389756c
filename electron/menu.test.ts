import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { isSingleKey, userActions, type UserAction } from '../core/contract/actions.ts';
import { buildMenu, type MenuState } from './menu.ts';

type Item = MenuItemConstructorOptions;

const state: MenuState = {
  platform: 'linux',
  appName: 'SimGAN Studio',
  isLibraryOpen: true,
  recent: [{ folder: '/data/Eyes.simgan', name: 'Eyes & hands' }],
  keys: {},
  withDeveloperTools: false,
};

function menuOf(changes: Partial<MenuState> = {}) {
  const acted: string[] = [];
  const menu = buildMenu(
    { ...state, ...changes },
    {
      act: (id) => acted.push(id),
      openRecent: (folder) => acted.push(`open ${folder}`),
      showLicences: () => acted.push('licences'),
      showAbout: () => acted.push('about'),
    },
  );
  return { menu, items: flat(menu), acted };
}

function flat(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);
}

const click = (item: Item | undefined): void => (item?.click as (() => void) | undefined)?.();

describe.each(['linux', 'win32', 'darwin'] as const)('the menu bar on %s', (platform) => {
  it('has one item for every action of the catalogue, which does it', () => {
    const { items, acted } = menuOf({ platform });
    for (const action of userActions) {
      const own = items.filter(({ id }) => id === action.id);
      expect(
        own.map(({ label }) => label),
        action.id,
      ).toEqual([action.title]);
      click(own.at(0));
      expect(acted.at(-1)).toBe(action.id);
    }
  });

  it('shows the keys of every action that has some with a modifier, and no key twice', () => {
    const { items } = menuOf({ platform });
    const actions: readonly UserAction[] = userActions;
    for (const { id, accelerator } of actions) {
      expect(items.find((item) => item.id === id)?.accelerator, id).toBe(accelerator);
    }
    const accelerators = items.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(accelerators).size).toBe(accelerators.length);
    expect(accelerators.every((keys) => !isSingleKey(keys))).toBe(true);
  });

  it('has the items that people know from every program', () => {
    const roles = menuOf({ platform }).items.flatMap(({ role }) => role ?? []);
    const everywhere = ['cut', 'copy', 'paste', 'selectAll', 'togglefullscreen', 'minimize', 'quit'];
    expect(roles).toEqual(expect.arrayContaining(everywhere));
    const macOnly = ['about', 'services', 'hide', 'hideOthers', 'unhide', 'zoom', 'front'];
    if (platform === 'darwin') expect(roles).toEqual(expect.arrayContaining(macOnly));
    else {
      // These roles do nothing elsewhere.
      expect(roles.filter((role) => macOnly.includes(role))).toEqual([]);
      const { items, acted } = menuOf({ platform });
      click(items.find(({ id }) => id === 'about'));
      expect(acted).toEqual(['about']);
    }
    // The studio's own undo is in their place, and a reload would lose what the window shows.
    for (const role of ['undo', 'redo', 'reload', 'forceReload', 'toggleDevTools', 'zoomIn']) {
      expect(roles).not.toContain(role);
    }
  });

  it('divides groups by lines, with none at an end and never two', () => {
    for (const { label, submenu } of menuOf({ platform }).menu) {
      const lines = (submenu as Item[]).map(({ type }) => type === 'separator');
      expect([lines.at(0), lines.at(-1)], label).toEqual([false, false]);
      expect(
        lines.some((isLine, place) => isLine && lines[place + 1]),
        label,
      ).toBe(false);
    }
  });
});

describe('the menu bar', () => {
  it('turns off what needs a library while none is open', () => {
    const { items } = menuOf({ isLibraryOpen: false });
    const actions: readonly UserAction[] = userActions;
    for (const { id, needs } of actions) {
      expect(items.find((item) => item.id === id)?.enabled, id).toBe(needs === 'nothing');
    }
    expect(menuOf().items.every(({ enabled }) => enabled !== false)).toBe(true);
  });

  it('opens recent libraries', () => {
    const { items, acted } = menuOf();
    click(items.find(({ label }) => label === 'Eyes && hands'));
    expect(acted).toEqual(['open /data/Eyes.simgan']);
    expect(menuOf({ recent: [] }).items.find(({ label }) => label === 'Open recent')?.enabled).toBe(false);
  });

  it('shows keys as the user has set them', () => {
    const { items } = menuOf({
      keys: { 'library.new': 'CmdOrCtrl+Alt+N', 'library.open': '', 'run.preview': 'CmdOrCtrl+P' },
    });
    const keysOf = (id: string) => items.find((item) => item.id === id)?.accelerator;
    expect(keysOf('library.new')).toBe('CmdOrCtrl+Alt+N');
    expect(keysOf('library.open')).toBeUndefined();
    expect(keysOf('run.preview')).toBe('CmdOrCtrl+P');
  });

  it('has settings and quitting in the program’s own menu on macOS, in File elsewhere', () => {
    const placeOf = (platform: NodeJS.Platform, wanted: (item: Item) => boolean) =>
      menuOf({ platform }).menu.find(({ submenu }) => (submenu as Item[]).some(wanted))?.label;
    for (const wanted of [({ id }: Item) => id === 'settings', ({ role }: Item) => role === 'quit']) {
      expect(placeOf('darwin', wanted)).toBe('SimGAN Studio');
      expect(placeOf('win32', wanted)).toBe('&File');
      expect(placeOf('linux', wanted)).toBe('&File');
    }
  });

  it('has developer tools only where they are asked for', () => {
    const roles = menuOf({ withDeveloperTools: true }).items.map(({ role }) => role);
    expect(roles).toContain('toggleDevTools');
  });
});
