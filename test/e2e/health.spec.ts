import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openEyeWindow } from './support/eye-window.ts';
import { takePictures, violations } from './support/looks.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('health', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openEyeWindow(80);
  });
  afterAll(() => studio.close());

  it('compares the domains, says what was found, and has every chart as words and as a table', async () => {
    const { page } = studio;
    await goTo(page, '/data/health');
    await page.getByRole('heading', { name: 'The domains have not been compared yet' }).waitFor();
    await takePictures(page, 'health-empty');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Compare the domains' }).click();
    await page.getByRole('heading', { name: 'What was found' }).waitFor();
    const synthetic = page.getByRole('region', { name: 'Synthetic' });
    await synthetic.getByText('Sizes').waitFor();
    await page.getByRole('region', { name: 'Real', exact: true }).waitFor();
    expect(
      await synthetic.getByRole('img', { name: /^Grey levels of pixels, Synthetic: most at/ }).count(),
    ).toBe(1);
    await synthetic
      .getByRole('img', { name: /^Where labels lie: yaw × pitch, Synthetic: 80 images/ })
      .waitFor();
    await synthetic.getByText('As a table').last().click();
    await synthetic
      .getByRole('columnheader', { name: /^-?\d+°$/ })
      .first()
      .waitFor();
    await takePictures(page, 'health');
    expect(await violations(page)).toEqual([]);
    expect(studio.faults).toEqual([]);
  });
});
