import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openEyeWindow, startRun, waitForStatus } from './support/eye-window.ts';
import { takePictures, violations } from './support/looks.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('setting up a training', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openEyeWindow(60);
  });
  afterAll(() => studio.close());

  it('says at the field what is wrong, keeps changes in the address, and breaks no rule of accessibility', async () => {
    const { page } = studio;
    await goTo(page, '/train');
    const lambda = page.getByLabel('λ', { exact: true });
    await lambda.fill('-3');
    await page.getByText('A number from 0 to 1,000.').waitFor();
    await expect
      .poll(() => page.getByRole('button', { name: 'Start training' }).getAttribute('aria-disabled'))
      .toBe('true');
    await takePictures(page, 'train-wrong');
    await lambda.fill('0.25');
    await page.getByText('1 setting differs').waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel('λ', { exact: true }).inputValue()).toBe('0.25');
    await takePictures(page, 'train');
    expect(await violations(page)).toEqual([]);
  });

  it('form and text are one configuration', async () => {
    const { page } = studio;
    await goTo(page, '/train');
    await page.getByRole('tab', { name: 'As text' }).click();
    const json = page.getByLabel('Configuration as JSON');
    const config = JSON.parse(await json.inputValue()) as Record<string, unknown>;
    await json.fill(JSON.stringify({ ...config, kg: 0 }));
    await page.getByText(/^kg: /).waitFor();
    await json.fill(JSON.stringify({ ...config, kg: 7 }));
    await page.getByRole('tab', { name: 'What matters most' }).click();
    await expect.poll(() => page.getByLabel(/^K_g/).inputValue()).toBe('7');
    await page.getByRole('tab', { name: 'Advanced' }).click();
    await page.getByLabel('Search settings').fill('saturation');
    await expect.poll(() => page.locator('.config-field').count()).toBe(1);
  });

  it('saves a preset, which can be deleted and taken back', async () => {
    const { page } = studio;
    await goTo(page, '/train');
    await page.getByRole('button', { name: 'Save as preset …' }).click();
    await page.getByLabel('Name of the preset').fill('My eyes');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: /^My eyes/ }).waitFor();
    await page.getByRole('button', { name: 'Delete the preset My eyes' }).click();
    await page.getByRole('button', { name: /^My eyes/ }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: /^My eyes/ }).waitFor();
  });

  it('copies the same training as a command line', async () => {
    const { page } = studio;
    await goTo(page, '/train');
    await page.getByRole('button', { name: 'Copy as command line' }).click();
    await page.getByText('Copied.').first().waitFor();
    const line = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(line).toMatch(/^simgan train .*--preset eye-small .*--kg 7/);
  });

  it('tells before the start what is good and how long it will take', async () => {
    const { page } = studio;
    await goTo(page, '/train?preset=test');
    await page.reload();
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByText(/^About .* for all steps$/).waitFor();
    await page.getByLabel('λ', { exact: true }).fill('2');
    await page.getByText('Settings have changed since this check.').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('trains from the keyboard to the end and shows what came out', async () => {
    const { page } = studio;
    await startRun(page, { name: 'by keyboard' });
    await waitForStatus(page, 'done');
    await page.getByText('step 8 of 8').waitFor();
    await page.getByRole('img', { name: 'Refined, 4 samples, step 8' }).waitFor();
    await page.getByRole('application', { name: /What drives the refiner/ }).waitFor();
    await takePictures(page, 'run-done');
    expect(await violations(page)).toEqual([]);
    expect(studio.faults).toEqual([]);
  });

  it('probes variants, ranks them, and takes the settings of one', async () => {
    const { page } = studio;
    await goTo(page, '/train?preset=test');
    await page.reload();
    await page.getByRole('button', { name: 'Probe variants …' }).click();
    await page.getByLabel('λ: values to try').fill('0.1, 3');
    await page.getByLabel('Steps of each').fill('10');
    await page.getByText('2 variants').waitFor();
    await page.getByRole('button', { name: 'Start the probe' }).click();
    await page.getByText(/^Best first/).waitFor();
    await takePictures(page, 'probe');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use these settings' }).first().click();
    await expect.poll(() => page.getByLabel('λ', { exact: true }).inputValue()).toMatch(/^(0\.1|3)$/);
  });
});

describe.skipIf(!hasBrowser)('setting up a training without images', () => {
  it('says what is missing and how to get it', async () => {
    const studio = await openStudioWindow();
    try {
      const { page, folder } = studio;
      await page.evaluate(
        `window.studio.library.create({ folder: ${JSON.stringify(`${folder}/empty.simgan`)}, name: null })`,
      );
      await goTo(page, '/train');
      await page.getByText('the library needs labelled synthetic images and unlabelled real ones').waitFor();
      await page.getByRole('button', { name: 'Import real images' }).waitFor();
      await takePictures(page, 'train-empty');
      expect(await violations(page)).toEqual([]);
      await goTo(page, '/runs');
      await page.getByText('No runs yet').waitFor();
      await takePictures(page, 'runs-empty');
      expect(await violations(page)).toEqual([]);
    } finally {
      await studio.close();
    }
  });
});
