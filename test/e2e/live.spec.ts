import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEyeWindow, startRun, stopRuns, waitForStatus } from './support/eye-window.ts';
import { takePictures, violations } from './support/looks.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';
import { firstScreen } from '../support/window-page.ts';

/** More than a test waits for: whoever wants the run to end stops it. */
const LONG = { steps: '100000', previewEvery: '20', checkpointEvery: '100', metricsEvery: '5' };

describe.skipIf(!hasBrowser)('a run that trains', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openEyeWindow(60);
  });
  afterEach(() => stopRuns(studio.page));
  afterAll(() => studio.close());

  it('is paused, gone on with, told other settings and stopped, and the timeline has it all', async () => {
    const { page } = studio;
    await startRun(page, { ...LONG, name: 'steered' });
    await waitForStatus(page, 'training');
    await page.getByRole('img', { name: /^Refined, 4 samples, step [4-9]0/ }).waitFor();
    await page.keyboard.press('Control+.');
    await waitForStatus(page, 'paused');
    await takePictures(page, 'run-paused');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('main').getByRole('button', { name: 'Resume', exact: true }).click();
    await waitForStatus(page, 'training');

    await page.getByRole('button', { name: 'Change settings of the run' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('λ', { exact: true }).fill('0.5');
    await dialog.getByLabel(/^K_d/).fill('2');
    await takePictures(page, 'run-settings');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('button', { name: /^settings changed, step/ }).waitFor();
    await page.getByRole('button', { name: /^paused, step/ }).waitFor();

    await page.getByRole('main').getByRole('button', { name: 'Stop and save' }).click();
    await waitForStatus(page, 'stopped');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('row', { name: /^λ 0.5/ }).waitFor();
    expect(studio.faults).toEqual([]);
  });

  it('is read by the keyboard: samples, steps, curves', async () => {
    const { page } = studio;
    await page.getByRole('group', { name: /^The same samples over time/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(/sample=1/);
    const before = Number(/step=(\d+)/.exec(page.url())?.[1]);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.getByText(`Sample 2 of 4, step ${before}`, { exact: true }).waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: `Refined, sample 2, step ${before}` }).waitFor();
    await takePictures(page, 'run-enlarged');

    await page.getByRole('application', { name: /Judge’s loss/ }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.getByText(/^discriminator loss, step 5: 0\.\d/).waitFor({ state: 'attached' });
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.hash.includes(`step=${before}&`));
    await page.getByRole('button', { name: 'Show Judge’s loss (discriminator) as a table' }).click();
    await page.getByRole('group', { name: /^Table of Judge’s loss/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(studio.faults).toEqual([]);
  });

  it('a guard speaks, and its remedy is one press away while it trains; nobody has to watch it', async () => {
    const { page } = studio;
    // So much self-regularization that the refiner has to do nothing, and a guard without patience.
    const runId = await startRun(page, { ...LONG, name: 'does nothing', lambda: '500', guardPatience: '5' });
    await page
      .getByRole('group', { name: 'A guard has spoken' })
      .getByText('The refiner hardly changes its input')
      .waitFor();
    await takePictures(page, 'run-guard');
    await page.getByRole('button', { name: /^Lower λ to \d/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('button', { name: /^settings changed, step/ }).waitFor();

    const stepOf = async (): Promise<number> =>
      Number(
        /step ([\d,]+) of/.exec(await page.locator('main header').innerText())?.[1]?.replaceAll(',', ''),
      );
    const before = await stepOf();
    await page.goto('about:blank');
    await page.goBack();
    await firstScreen(page);
    expect(page.url()).toContain(`#/runs/${runId}`);
    await waitForStatus(page, 'training');
    await expect.poll(stepOf).toBeGreaterThan(before);
    // With Shift a keyboard gives this sign for the full stop.
    await page.keyboard.press('Control+Shift+>');
    await waitForStatus(page, 'stopped');
  });

  it('the remedy of a run that has ended goes on with it', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: /^Raise K_g/ }).click();
    const dialog = page.getByRole('dialog');
    await takePictures(page, 'run-go-on');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Resume this run' }).click();
    await waitForStatus(page, 'training');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('row', { name: /^K_g 2/ }).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Stop and save' }).click();
    await waitForStatus(page, 'stopped');
    expect(studio.faults).toEqual([]);
  });
});
