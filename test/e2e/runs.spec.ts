import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openEyeWindow, startRun, stopRuns, waitForStatus } from './support/eye-window.ts';
import { takePictures, violations } from './support/looks.ts';
import { hasBrowser, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('runs', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openEyeWindow(60);
    await startRun(studio.page, { name: 'parent' });
    await waitForStatus(studio.page, 'done');
  });
  afterAll(() => studio.close());

  it('a branch from an earlier checkpoint is made and compared with its parent', async () => {
    const { page } = studio;
    await page.getByRole('tab', { name: 'Checkpoints' }).click();
    await page.getByRole('row', { name: /^4 / }).getByRole('button', { name: 'Branch' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('child');
    await dialog.getByLabel('λ', { exact: true }).fill('0.2');
    await dialog.getByRole('button', { name: 'Branch into a new run' }).click();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await waitForStatus(page, 'done');
    await page.getByRole('link', { name: 'branch of parent from step 4', exact: true }).waitFor();

    await goTo(page, '/runs');
    await page.getByLabel('Select parent for comparing').check();
    await page.getByLabel('Select child for comparing').check();
    await takePictures(page, 'runs');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Compare 2 runs' }).click();
    await page.getByRole('row', { name: 'λ 1 0.2' }).waitFor();
    await page.getByRole('img', { name: 'Refined samples of child at step 8' }).waitFor();
    await page.getByRole('application', { name: /realism loss/ }).waitFor();
    await takePictures(page, 'compare');
    expect(await violations(page)).toEqual([]);
    expect(studio.faults).toEqual([]);
  });

  it('is found, renamed, noted, tagged, archived and put into the trash, all of which can be taken back', async () => {
    const { page } = studio;
    await goTo(page, '/runs');
    await page.getByRole('button', { name: 'More actions for child' }).click();
    await page.getByRole('menuitem', { name: 'Name, notes and tags …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Notes').fill('sharp irises');
    await dialog.getByLabel('Tags').fill('low lambda, keep');
    await takePictures(page, 'run-edit');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('low lambda, keep').waitFor();
    await page.getByLabel('Filter by name, tag, note or status').fill('irises');
    await page.getByRole('link', { name: 'parent' }).waitFor({ state: 'detached' });
    await page.getByLabel('Filter by name, tag, note or status').fill('no such run');
    await page.getByRole('button', { name: 'Clear the filter' }).click();

    for (const [action, back] of [
      ['Archive', 'child'],
      ['Put into the trash', 'child'],
    ] as const) {
      await page.getByRole('button', { name: 'More actions for child' }).click();
      await page.getByRole('menuitem', { name: action }).click();
      await page.getByRole('link', { name: back, exact: true }).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Undo' }).last().click();
      await page.getByRole('link', { name: back, exact: true }).waitFor();
    }
  });

  it('the curves of a run are asked for once its link is pointed at, and not again when it is opened', async () => {
    const { page } = studio;
    await goTo(page, '/runs');
    await page.evaluate(`(() => {
      const { runs } = window.studio;
      const ask = runs.metrics;
      window.asked = [];
      runs.metrics = (query) => {
        if (query.fromStep === null) window.asked.push(query.names.join(' '));
        return ask(query);
      };
    })()`);
    const asked = () => page.evaluate<string[]>('window.asked');
    const link = page.getByRole('link', { name: 'parent', exact: true });
    await link.hover();
    await expect.poll(asked).toEqual([expect.stringContaining('refiner.realism')]);
    const [first] = await asked();
    await link.click();
    await page.getByRole('application', { name: /What drives the refiner/ }).waitFor();
    // The other charts ask for their own.
    expect((await asked()).filter((names) => names === first)).toHaveLength(1);

    // What was asked for in vain is asked for again.
    await page.mouse.move(0, 0);
    await goTo(page, '/runs');
    await page.evaluate(`(() => {
      const { runs } = window.studio;
      const ask = runs.metrics;
      runs.metrics = async () => {
        runs.metrics = ask;
        window.hasFailed = true;
        throw new Error('The line was cut.');
      };
    })()`);
    await link.focus();
    await expect.poll(() => page.evaluate('window.hasFailed')).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('application', { name: /What drives the refiner/ }).waitFor();
    expect(studio.faults).toEqual([]);
  });

  it('disk use is told, and cleaning up keeps what matters', async () => {
    const { page } = studio;
    await goTo(page, '/runs');
    await page.getByRole('button', { name: 'More actions for parent' }).click();
    await page.getByRole('menuitem', { name: 'Disk use and clean-up …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('row', { name: /^Together [\d.]+ [kM]?B/ }).waitFor();
    await takePictures(page, 'run-disk');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Clean up' }).click();
    await page
      .getByText(/checkpoints removed/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
  });

  it('what is queued waits in order and can be taken out', async () => {
    const { page } = studio;
    await startRun(page, { name: 'at work', steps: '100000' });
    await waitForStatus(page, 'training');
    await startRun(page, { name: 'waiting' });
    await goTo(page, '/runs');
    await page.getByRole('region', { name: 'Queue (1)' }).waitFor();
    await takePictures(page, 'runs-queue');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Take out of the queue: waiting' }).click();
    await page.getByRole('region', { name: /^Queue/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'at work' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Stop and save' }).click();
    await waitForStatus(page, 'stopped');
    expect(studio.faults).toEqual([]);
  });

  it('what waits though its job was cancelled says so, and trains when the queue is worked off', async () => {
    const { page } = studio;
    await startRun(page, { name: 'left alone', steps: '100000' });
    await waitForStatus(page, 'training');
    await stopRuns(page);
    await waitForStatus(page, 'queued');
    await page.getByText('waits: the job that trains was cancelled or failed').waitFor();
    await takePictures(page, 'run-nobody');
    expect(await violations(page)).toEqual([]);
    await goTo(page, '/runs');
    const queue = page.getByRole('region', { name: 'Queue (1)' });
    await queue.getByText('Nobody trains them').waitFor();
    await takePictures(page, 'runs-queue-nobody');
    expect(await violations(page)).toEqual([]);
    await queue.getByRole('button', { name: 'Work the queue off' }).click();
    await queue.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'left alone' }).click();
    await waitForStatus(page, 'training');
    await stopRuns(page);
    await waitForStatus(page, 'queued');
    await page.getByRole('button', { name: 'Work the queue off' }).click();
    await waitForStatus(page, 'training');
    await page.getByRole('main').getByRole('button', { name: 'Stop and save' }).click();
    await waitForStatus(page, 'stopped');
    expect(studio.faults).toEqual([]);
  });

  it('what has not been answered yet is not said to be missing', async () => {
    const { page } = studio;
    await page.evaluate(`(() => {
      const { checkpoints } = window.studio;
      const ask = checkpoints.list;
      checkpoints.list = async (query) => {
        await new Promise((resolve) => (window.answer = resolve));
        return ask(query);
      };
    })()`);
    for (const place of ['/evaluate', '/export', '/inspect']) {
      await goTo(page, place);
      await page.getByText('Loading checkpoints').waitFor();
      await page.evaluate('window.answer()');
      await page.getByText('has not refined anything yet').waitFor();
    }
    expect(studio.faults).toEqual([]);
  });

  it('pictures that cannot be asked for are not called missing files', async () => {
    const { page } = studio;
    await goTo(page, '/data');
    await page.locator('[role=gridcell] img').first().waitFor();
    await studio.restartHost();
    await page.getByText('does not know this window').waitFor();
    await page.getByRole('slider', { name: 'Thumbnail size' }).press('End');
    await page.getByText('not loaded').first().waitFor();
    expect(await page.getByText('file missing', { exact: true }).count()).toBe(0);
  });
});
