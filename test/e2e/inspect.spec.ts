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

  it('keeps order, image and checkpoint in the address', async () => {
    const { page } = studio;
    await page.getByRole('combobox', { name: 'Sort by' }).click();
    await page.getByRole('option', { name: 'D score' }).click();
    await page.getByRole('listbox', { name: /sorted by: D score/ }).waitFor();
    await page.getByRole('button', { name: 'Older checkpoint' }).click();
    await page.getByRole('img', { name: /^Refined at step 4, image \d+$/ }).waitFor();
    await page.waitForURL(/at=4/);
    const chosen = await page.getByRole('option', { selected: true }).getAttribute('aria-label');
    await page.reload();
    await page.getByRole('option', { name: chosen ?? '', selected: true }).waitFor();
    await page.getByRole('img', { name: /^Refined at step 4, image \d+$/ }).waitFor();
    await page.getByRole('group', { name: /^Loupe/ }).focus();
    await page.keyboard.press('ArrowUp');
    await page.getByRole('img', { name: /^Refined at step 8, image \d+$/ }).waitFor();
  });

  it('holds it against the real images most like it, and goes back to the synthetic one', async () => {
    const { page } = studio;
    await page.keyboard.press('5');
    await page.getByRole('img', { name: /^Nearest real: .+, likeness / }).waitFor();
    await page.getByText(/^Likeness .+ to the nearest: /).waitFor();
    await takePictures(page, 'inspect-nearest');
    expect(await violations(page)).toEqual([]);
    const others = page.getByRole('button', { name: /^Show in the loupe: / });
    expect(await others.count()).toBe(8);
    const path = /loupe: (.+), likeness/.exec((await others.nth(2).getAttribute('aria-label')) ?? '')?.[1];
    await others.nth(2).click();
    await page
      .getByRole('img', { name: new RegExp(`^Nearest real: ${path ?? 'none'}, likeness `) })
      .waitFor();
    await page.keyboard.press('1');
    await page.getByRole('img', { name: /^Synthetic, image \d+$/ }).waitFor();
    await page.keyboard.press('s');
    expect(studio.faults).toEqual([]);
  });

  it('shows what the discriminator says of each patch, and it answers', async () => {
    const { page } = studio;
    await page.keyboard.press('4');
    const map = page.getByRole('application', { name: /^Patch map, \d+ by \d+/ });
    await map.focus();
    await page.getByText(/number 1 of \d+, hottest first/).waitFor();
    await page.keyboard.press('Home');
    await page.getByText(/^Column 1, row \d+: refined with probability 0\.\d+/).waitFor();
    await takePictures(page, 'inspect-patches');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Most alike among the real images' }).waitFor();
    // As it is, and twelve edits, each judged.
    const edits = page.getByRole('table').filter({ hasText: 'As it is' }).getByRole('row');
    expect(await edits.count()).toBe(14);
    await page
      .getByRole('img', { name: /^Most alike among the real images: patch of image/ })
      .first()
      .waitFor();
    await takePictures(page, 'inspect-answer');
    expect(await violations(page)).toEqual([]);
    expect(studio.faults).toEqual([]);
  });

  it('turns the realism dial: the best α is found, seen in the loupe, and set for what is exported', async () => {
    const { page } = studio;
    await page.getByRole('tab', { name: 'Dial' }).click();
    await takePictures(page, 'inspect-dial-unmeasured');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Find the best α' }).click();
    await page.getByRole('meter', { name: 'Fools D' }).waitFor();
    const best = page.getByRole('button', { name: /^Best α/ });
    const alpha = /([\d.]+)$/.exec(await best.innerText())?.[1] ?? '';
    await page.getByRole('slider', { name: 'Realism α' }).focus();
    await page.keyboard.press('Home');
    // Between two positions that were measured, where no best can be.
    await page.keyboard.press('ArrowRight');
    await page.getByRole('img', { name: /^Refined at step 8, α 0\.05/ }).waitFor();
    await page.getByText(/^All that was measured/).click();
    await page.getByRole('row', { name: /^Tone curve \d+ %/ }).waitFor();
    const read = await page.getByRole('meter', { name: 'Fools D' }).getAttribute('aria-valuetext');
    expect(read).toMatch(/% of patches taken for real$/);
    await best.click();
    await page.waitForURL(/alpha=/);
    await page.getByText(`α ${alpha}`, { exact: true }).waitFor();
    await page.getByRole('switch', { name: 'Leave the pupil as it was' }).click();
    await takePictures(page, 'inspect-dial');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: `Use α ${alpha} for export` }).click();
    await page.getByText('This is what is exported').waitFor();
    const dial = await page.evaluate<unknown>(
      `window.studio.refine.summaries({ runId: ${studio.runId} }).then(([summary]) => summary.dial)`,
    );
    expect(dial).toEqual({ alpha: Number(alpha), keepPupil: true });
    expect(studio.faults).toEqual([]);
  });

  it('shows what the history buffer held at any step, and what entered', async () => {
    const { page } = studio;
    await page.getByRole('tab', { name: 'History buffer' }).click();
    const buffer = page.getByRole('listbox', { name: /^\d+ images in the buffer/ });
    await buffer.focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'Place 1' }).waitFor();
    await page.getByText(/^\d+ images? entered at step 8$/).click();
    await takePictures(page, 'inspect-history');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('slider', { name: 'Step of the history buffer' }).focus();
    await page.keyboard.press('Home');
    await page
      .getByText(/places are filled$/)
      .first()
      .waitFor();
    await page.waitForURL(/buffer=/);
    await takePictures(page, 'inspect-history-first');
    await page.getByRole('button', { name: 'Look into this image' }).click();
    await page.getByRole('listbox', { name: /refined images/ }).waitFor();
    expect(studio.faults).toEqual([]);
  });

  it('begins a branch where the history buffer was looked at', async () => {
    const { page } = studio;
    await goTo(page, `/inspect?run=${studio.runId}&tab=history&buffer=5`);
    await page.getByRole('button', { name: 'Branch a run from here …' }).click();
    const dialog = page.getByRole('dialog', { name: /^Resume/ });
    await dialog
      .getByText(/^step 4/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('branch');
    expect(studio.faults).toEqual([]);
  });
});
