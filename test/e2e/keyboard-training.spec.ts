import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEyeWindow, waitForStatus } from './support/eye-window.ts';
import { keysOf, type Keys } from './support/keys.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';

/** From a preset to a best α: no mouse, no focus, value or address that is set by the test. */
describe.skipIf(!hasBrowser)('the training part by keyboard alone', () => {
  let studio: StudioWindow;
  let keys: Keys;
  beforeAll(async () => {
    studio = await openEyeWindow(60);
    keys = keysOf(studio.page);
  });
  afterAll(() => studio.close());

  /** By the arrow keys, as in any row of tabs. */
  async function chooseTab(name: string): Promise<void> {
    const tab = studio.page.getByRole('tab', { name, exact: true });
    await tab.waitFor();
    await keys.tabTo(
      studio.page.getByRole('tablist').filter({ has: tab }).getByRole('tab', { selected: true }),
    );
    for (let tabs = 0; tabs < 12 && (await tab.getAttribute('aria-selected')) !== 'true'; tabs++) {
      await keys.press('ArrowRight');
    }
    await expect.poll(() => tab.getAttribute('aria-selected')).toBe('true');
  }

  it('chooses a preset, sets it up, checks it and starts it', async () => {
    const { page } = studio;
    const { press, activate, fill } = keys;
    await press('Control+2');
    await activate(page.getByRole('button', { name: /^Seconds, to see/ }));
    await fill(page.getByLabel('Name of the run'), 'by keys');
    await fill(page.getByLabel(/^Steps T/), '5000');
    await activate(page.getByRole('button', { name: 'Check', exact: true }));
    await page.getByText(/^About .* for all steps$/).waitFor();
    await press('Control+Enter');
    await page.waitForURL(/#\/runs\/\d+/);
    await waitForStatus(page, 'training');
  });

  it('pauses, changes a setting, looks at steps and curves, and stops', async () => {
    const { page } = studio;
    const { press, tabTo, activate, fill } = keys;
    await page.getByRole('img', { name: /^Refined, \d+ samples, step [1-9]/ }).waitFor();
    await press('Control+.');
    await waitForStatus(page, 'paused');
    await activate(page.getByRole('button', { name: 'Change settings of the run' }));
    const dialog = page.getByRole('dialog');
    await fill(dialog.getByLabel('λ', { exact: true }), '0.5');
    await press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^settings changed, step/ }).waitFor();
    await activate(page.getByRole('main').getByRole('button', { name: 'Resume', exact: true }));
    await waitForStatus(page, 'training');

    await tabTo(page.getByRole('group', { name: /^The same samples over time/ }));
    await press('ArrowRight', 'Enter');
    await page.getByRole('img', { name: /^Refined, sample 2, step/ }).waitFor();
    await tabTo(page.getByRole('application', { name: /What drives the refiner/ }));
    await press('Home', 'ArrowRight');
    await activate(page.getByRole('main').getByRole('button', { name: 'Stop and save' }));
    await waitForStatus(page, 'stopped');
  });

  it('branches from an earlier checkpoint, and compares the branch with its parent', async () => {
    const { page } = studio;
    const { press, tabTo, activate, fill } = keys;
    await chooseTab('Checkpoints');
    await activate(page.getByRole('row', { name: /^4 / }).getByRole('button', { name: 'Branch' }));
    const dialog = page.getByRole('dialog');
    await fill(dialog.getByLabel('Name', { exact: true }), 'child');
    await fill(dialog.getByLabel('λ', { exact: true }), '2');
    await activate(dialog.getByRole('button', { name: 'Branch into a new run' }));
    await activate(page.getByRole('button', { name: 'Open', exact: true }));
    await page.getByRole('link', { name: 'branch of by keys from step 4', exact: true }).waitFor();
    await waitForStatus(page, 'training');
    await page.getByText(/^step \d\d of/).waitFor();
    await press('Control+Shift+>');
    await waitForStatus(page, 'stopped');
    await press('Control+6');
    for (const name of ['by keys', 'child']) {
      const choice = page.getByLabel(`Select ${name} for comparing`);
      await tabTo(choice);
      await press('Space');
      await expect.poll(() => choice.isChecked()).toBe(true);
    }
    await activate(page.getByRole('button', { name: 'Compare 2 runs' }));
    await page.getByRole('row', { name: 'λ 0.5 2' }).waitFor();
  });

  it('refines the dataset, looks into it, and finds the best α', async () => {
    const { page } = studio;
    const { press, tabTo, activate } = keys;
    await press('Control+3');
    await activate(page.getByRole('button', { name: 'Refine the dataset' }));
    const film = page.getByRole('listbox', { name: /refined images/ });
    await tabTo(film);
    await press('ArrowDown');
    await page.getByRole('option', { name: /^Image 2 of 60/, selected: true }).waitFor();
    await chooseTab('Dial');
    await activate(page.getByRole('button', { name: 'Find the best α' }));
    await activate(page.getByRole('button', { name: /^Best α/ }));
    await activate(page.getByRole('button', { name: /^Use α .* for export/ }));
    await page.getByText('This is what is exported').waitFor();

    await chooseTab('History buffer');
    await tabTo(page.getByRole('listbox', { name: /^\d+ images in the buffer/ }));
    await press('ArrowRight');
    await page.getByRole('heading', { name: 'Place 1' }).waitFor();
    expect(studio.faults).toEqual([]);
  });
});
