import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo } from './support/eye-window.ts';
import { takePictures, violations } from './support/looks.ts';
import { openTrainedWindow, refine } from './support/refined-window.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('measuring what refinement did', () => {
  let studio: StudioWindow & { readonly runId: number };
  beforeAll(async () => {
    studio = await openTrainedWindow(60);
    await refine(studio.page, studio.runId);
  });
  afterAll(() => studio.close());

  it('measures on request, and shows what was measured beside baselines', async () => {
    const { page } = studio;
    await goTo(page, '/evaluate');
    await page.getByText('This checkpoint has not been measured yet').waitFor();
    await takePictures(page, 'evaluate-empty');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('main').getByRole('button', { name: 'Measure', exact: true }).click();
    const table = page.getByRole('table', { name: /^What was measured/ });
    await table.waitFor({ timeout: 240_000 });
    for (const name of ['Synthetic', 'Tone curve', 'Blur + noise', 'Refined']) {
      await table.getByRole('columnheader', { name }).first().waitFor();
    }
    await page.getByRole('heading', { name: /^Do you need a GAN/ }).waitFor();
    await takePictures(page, 'evaluate');
    expect(await violations(page)).toEqual([]);
    const report = await page.getByRole('link', { name: 'Open the report' }).getAttribute('href');
    const response = await page.request.get(new URL(report ?? '', page.url()).href);
    expect([response.status(), await response.text()]).toEqual([200, expect.stringContaining('<html')]);
    expect(studio.faults).toEqual([]);
  }, 250_000);

  it('tests by keyboard whether a person can tell them apart', async () => {
    const { page } = studio;
    await page.getByRole('tab', { name: 'Turing test' }).click();
    await page.getByLabel('Who judges').fill('somebody');
    await page.getByLabel('Pictures', { exact: true }).fill('3');
    await page.getByText('A whole number from 10 to 1,000.').waitFor();
    await page.getByLabel('Pictures', { exact: true }).fill('10');
    await takePictures(page, 'turing');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Start', exact: true }).focus();
    await page.keyboard.press('Enter');
    const total = Number(/of (\d+)$/.exec(await page.getByText(/^Picture 1 of \d+$/).innerText())?.[1]);
    expect(total).toBeGreaterThanOrEqual(10);
    await takePictures(page, 'turing-trial');
    expect(await violations(page)).toEqual([]);
    for (let trial = 1; trial <= total; trial++) {
      await page.getByText(`Picture ${trial} of ${total}`, { exact: true }).waitFor();
      const picture = await page.getByRole('img', { name: 'The picture to judge' }).getAttribute('src');
      expect(picture).toMatch(/^\/pictures\/[0-9a-f]{16}-\d+\/turing\/\d+\/\d+$/);
      await page.keyboard.press(trial % 2 === 0 ? 'ArrowLeft' : 'ArrowRight');
    }
    await page.getByText(/^Hidden among them: \d+ unrefined picture/).waitFor();
    await page.getByRole('button', { name: 'Once more' }).waitFor();
    await takePictures(page, 'turing-result');
    expect(await violations(page)).toEqual([]);
    expect(studio.faults).toEqual([]);
  });
});
