import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo } from './support/eye-window.ts';
import { takePictures, violations } from './support/looks.ts';
import { openTrainedWindow, refine } from './support/refined-window.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('looking into what a run made', () => {
  let studio: StudioWindow & { readonly runId: number };
  beforeAll(async () => {
    studio = await openTrainedWindow(60);
  });
  afterAll(() => studio.close());

  it('says that nothing is refined yet, and what refining will do', async () => {
    const { page } = studio;
    await goTo(page, '/inspect');
    await page.getByText(/^Step \d+ has not refined anything yet/).waitFor();
    await takePictures(page, 'inspect-not-refined');
    expect(await violations(page)).toEqual([]);
    await refine(page, studio.runId);
    await page.getByRole('listbox', { name: /^60 refined images, sorted by: Drift/ }).waitFor();
  });

  it('shows the refined images in an order, and each beside the synthetic one', async () => {
    const { page } = studio;
    const film = page.getByRole('listbox', { name: /refined images/ });
    await film.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: /^Image 2 of 60, drift/, selected: true }).waitFor();
    await page.getByRole('img', { name: /^Refined at step 8, image \d+$/ }).waitFor();
    await takePictures(page, 'inspect');
    expect(await violations(page)).toEqual([]);
    expect(studio.faults).toEqual([]);
  });
});
