import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLibrary } from '../../core/library/library.ts';
import { createEyeLibrary } from '../support/eye-library.ts';
import { goTo } from './support/eye-window.ts';
import { layoutFaults } from './support/layout.ts';
import { takePictures, violations } from './support/looks.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

/** A state of a screen, looked at in every size and theme. */
interface State {
  readonly name: string;
  readonly place: string;
  /** A text that is there as soon as the state is. */
  readonly shows: string | RegExp;
  /** Brings the screen into the state. */
  readonly enter?: (page: Page) => Promise<unknown>;
  readonly leave?: (page: Page) => Promise<unknown>;
  /** A menu or list is open, which floats beside the landmarks and holds the focus: what is behind it may be hidden. */
  readonly floats?: boolean;
}

const OF_WHAT_IS_BEHIND = new Set([
  'region',
  'aria-hidden-focus',
  'landmark-one-main',
  'page-has-heading-one',
]);

const escape = (page: Page): Promise<void> => page.keyboard.press('Escape');
const press = (keys: string) => async (page: Page) => {
  await page.locator('#main').focus();
  await page.keyboard.press(keys);
};
const inTurn =
  (...steps: readonly ((page: Page) => Promise<unknown>)[]) =>
  async (page: Page) => {
    for (const step of steps) await step(page);
  };
/** Does an action of the catalogue by its name in the palette. */
const palette = (name: string) => async (page: Page) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(name);
  await page.getByRole('option', { name }).first().click();
};

const EMPTY: readonly State[] = [
  { name: 'data', place: '/data', shows: 'No images yet' },
  { name: 'map', place: '/data/map', shows: 'There is no map yet' },
  { name: 'health', place: '/data/health', shows: 'The domains have not been compared yet' },
  { name: 'import', place: '/import', shows: 'Import' },
  { name: 'train', place: '/train', shows: 'What matters most' },
  { name: 'runs', place: '/runs', shows: 'No runs yet' },
  { name: 'comparison of runs', place: '/runs/compare', shows: 'Compare runs' },
  { name: 'inspect', place: '/inspect', shows: 'Nothing has been trained yet' },
  { name: 'evaluate', place: '/evaluate', shows: 'Nothing has been trained yet' },
  { name: 'export', place: '/export', shows: 'Nothing has been trained yet' },
  {
    name: 'simulate',
    place: '/data',
    shows: 'Draws eyes or hands',
    enter: palette('Simulate labelled images'),
    leave: escape,
  },
  {
    name: 'a list in a dialog',
    floats: true,
    place: '/data',
    shows: 'Hands (depth)',
    enter: async (page) => {
      await palette('Simulate labelled images')(page);
      await page.getByRole('combobox', { name: 'What' }).click();
    },
    leave: inTurn(escape, escape),
  },
];

const UNTRAINED: readonly State[] = [
  { name: 'welcome with a library', place: '/', shows: 'Recent libraries' },
  { name: 'map', place: '/data/map', shows: 'There is no map yet' },
  { name: 'train', place: '/train', shows: 'What matters most' },
  {
    name: 'train, all settings',
    place: '/train',
    shows: 'Advanced',
    enter: async (page) => {
      await page.getByRole('tab', { name: 'Advanced' }).click();
      await page.getByLabel('Search settings').waitFor();
    },
  },
  { name: 'runs', place: '/runs', shows: 'No runs yet' },
  { name: 'a run that is no more', place: '/runs/999', shows: 'There is no such run any more.' },
  { name: 'inspect', place: '/inspect', shows: 'Nothing has been trained yet' },
];

const tile = (page: Page) => page.locator('[role=gridcell][data-place="0"]').click();
const DATA: readonly State[] = [
  { name: 'grid', place: '/data', shows: '55 × 35 px, 8 bits', enter: tile },
  { name: 'loupe', place: '/data?view=loupe', shows: 'Back to the grid' },
  {
    name: 'loupe with window and level',
    place: '/data?view=loupe',
    shows: 'As stored',
    enter: (page) => page.getByRole('button', { name: 'Window and colours' }).first().click(),
  },
  { name: 'nothing found', place: '/data?path=nowhere', shows: '0 of 24 images match' },
  {
    name: 'tag',
    place: '/data',
    shows: 'Take off',
    enter: inTurn(tile, (page) => page.keyboard.press('t')),
    leave: escape,
  },
  { name: 'go to', place: '/data', shows: /^Go to/, enter: press('Control+g'), leave: escape },
  {
    name: 'rename a tag',
    place: '/data',
    shows: 'There are no tags',
    enter: palette('Rename a tag'),
    leave: escape,
  },
  {
    name: 'history of edits',
    place: '/data',
    shows: 'Nothing has been changed yet.',
    enter: palette('Show what was changed'),
    leave: escape,
  },
  {
    name: 'menu of a dataset',
    floats: true,
    place: '/data',
    shows: 'Look for missing files',
    enter: (page) => page.getByRole('button', { name: 'What to do with eyes render' }).click(),
    leave: escape,
  },
  {
    name: 'jobs and log',
    place: '/data',
    shows: 'Log',
    enter: inTurn(press('Control+j'), (page) => page.keyboard.press('Control+Backquote')),
    leave: inTurn(press('Control+j'), (page) => page.keyboard.press('Control+Backquote')),
  },
];

const GLOBAL: readonly State[] = [
  { name: 'palette', place: '/settings', shows: 'Shortcuts', enter: press('Control+k'), leave: escape },
  { name: 'shortcuts', place: '/settings', shows: 'Change', enter: press('?'), leave: escape },
  { name: 'folder to open', place: '/settings', shows: 'Go', enter: press('Control+o'), leave: escape },
  { name: 'settings, engine', place: '/settings?part=engine', shows: 'Engine' },
  { name: 'settings, keys', place: '/settings?part=keys', shows: 'Keys' },
];

describe.skipIf(!hasBrowser)('every state', () => {
  let folder: string;
  let studio: StudioWindow;
  let page: Page;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simgan-states-'));
    createLibrary(join(folder, 'empty.simgan')).close();
    (await createEyeLibrary(join(folder, 'eyes.simgan'), 12)).close();
    studio = await openStudioWindow({ library: join(folder, 'empty.simgan'), roots: [folder] });
    ({ page } = studio);
  });
  afterAll(async () => {
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  const look = async ({ name, place, shows, enter, leave, floats }: State): Promise<void> => {
    await goTo(page, place);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    await enter?.(page);
    await page.getByText(shows).first().waitFor();
    await takePictures(page, `state-${name.replaceAll(/\W+/g, '-')}`);
    expect.soft(await layoutFaults(page)).toEqual([]);
    const broken = await violations(page);
    expect.soft(broken.filter(({ rule }) => !(floats && OF_WHAT_IS_BEHIND.has(rule)))).toEqual([]);
    await leave?.(page);
  };

  describe('of a library without images', () => {
    it.each(EMPTY)('$name', look);
  });

  describe('of a library without runs', () => {
    beforeAll(() =>
      page.evaluate(`window.studio.library.open({ folder: ${JSON.stringify(join(folder, 'eyes.simgan'))} })`),
    );
    it.each([...UNTRAINED, ...DATA])('$name', look);
  });

  describe('of the window', () => {
    it.each(GLOBAL)('$name', look);
    it('says no fault', () => expect(studio.faults).toEqual([]));
  });
});
