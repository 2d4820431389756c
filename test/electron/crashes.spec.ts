import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEyeLibrary } from '../support/eye-library.ts';
import {
  answerBoxes,
  ask,
  askedBoxes,
  electron,
  isAlive,
  openDesktop,
  type Desktop,
  type Running,
} from '../support/electron/desktop.ts';
import { startRun, waitForStatus } from '../e2e/support/eye-window.ts';

/** More than a test waits for. */
const LONG = { steps: '100000', previewEvery: '50', checkpointEvery: '100', metricsEvery: '5' };

/** What the system's list of processes calls utility processes. */
const WORKER = 'node.mojom.NodeService';

/** What becomes of work when the program, or a part of it, ends. */
describe.skipIf(electron === null)('ends and crashes of the desktop program', () => {
  let desktop: Desktop;
  let library: string;
  beforeEach(async () => {
    desktop = await openDesktop();
    library = join(desktop.folder, 'Eyes.simgan');
    (await createEyeLibrary(library, 60)).close();
    await desktop.own(library);
  });
  afterEach(() => desktop.close());

  /** Starts the program with the library and a training that goes on until somebody ends it. */
  async function startTraining(): Promise<Running & { readonly runId: number }> {
    const running = await desktop.start(library);
    await ask(running.page, 'settings.set', { engine: 'wasm', threads: 1 });
    const runId = await startRun(running.page, { ...LONG, name: 'long' });
    await waitForStatus(running.page, 'training');
    await untilStep(running.page, 5);
    return { ...running, runId };
  }

  /** Waits until the page shows that the training has come to a step. */
  async function untilStep(page: Page, least: number): Promise<void> {
    await expect.poll(() => stepOf(page), { interval: 200 }).toBeGreaterThanOrEqual(least);
  }

  async function stepOf(page: Page): Promise<number> {
    const text = await page
      .getByText(/^step [\d,]+ of [\d,]+/)
      .first()
      .innerText();
    return Number(/^step ([\d,]+)/.exec(text)?.[1].replaceAll(',', ''));
  }

  it('asks before it quits while it trains: cancel, tray, save; and continues from what it saved', async () => {
    const { page, application, ended, runId, look } = await startTraining();
    await look('training');
    await answerBoxes(application, 2, 1, 0);
    const quit = () => application.evaluate(({ app }) => app.quit()).catch(() => undefined);
    await quit();
    await expect.poll(() => askedBoxes(application)).toHaveLength(1);
    const [{ message, detail, buttons }] = await askedBoxes(application);
    expect(message).toMatch(/^“.*” is still running\.$/);
    expect(detail).toContain('saves a checkpoint');
    expect(buttons).toEqual(['Save and quit', 'Keep running in the tray', 'Cancel']);
    await untilStep(page, (await stepOf(page)) + 2);

    await quit();
    const isVisible = () =>
      application.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().some((one) => one.isVisible()),
      );
    await expect.poll(isVisible).toBe(false);
    desktop.startAgain();
    await expect.poll(isVisible).toBe(true);
    await untilStep(page, (await stepOf(page)) + 2);

    await quit();
    await ended;
    const again = await desktop.start(library);
    await again.page.evaluate(`location.hash = '/runs/${runId}'`);
    await waitForStatus(again.page, 'training');
    const checkpoints = await ask<{ step: number }[]>(again.page, 'checkpoints.list', { runId });
    await untilStep(again.page, Math.max(...checkpoints.map(({ step }) => step)) + 1);
    await again.look('after-quit');
  });

  it('loads a page that died again, and the training goes on', async () => {
    const { page, application, processesOf, runId } = await startTraining();
    const crashed = page.waitForEvent('crash');
    for (const id of processesOf('--type=renderer')) process.kill(id, 'SIGKILL');
    await crashed;
    const isLoaded = () =>
      application.evaluate(async ({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows().at(0)?.webContents;
        return (await contents?.executeJavaScript(
          `document.querySelector('main header')?.innerText ?? ''`,
        )) as string;
      });
    await expect.poll(() => isLoaded().catch(() => ''), { interval: 200 }).toContain('training');
    const step = () =>
      application.evaluate(
        ({ BrowserWindow }, id) =>
          BrowserWindow.getAllWindows()
            .at(0)
            ?.webContents.executeJavaScript(
              `window.studio.runs.get({ id: ${id} }).then((run) => run.step)`,
            ) as Promise<number>,
        runId,
      );
    const before = await step();
    await expect.poll(step, { interval: 200 }).toBeGreaterThan(before);
    expect(await desktop.logText()).not.toContain('Render frame was disposed');
  });

  it('says of a worker that was killed what happened, names memory, and offers to resume', async () => {
    const { page, processesOf, look } = await startTraining();
    await untilStep(page, 105);
    const workers = processesOf(WORKER);
    expect(workers.length).toBeGreaterThan(0);
    for (const worker of workers) process.kill(worker, 'SIGKILL');
    await waitForStatus(page, 'failed');
    await page
      .getByText(/it was ended (by SIGKILL|from outside)/)
      .first()
      .waitFor();
    // The message of a failure stays until it is closed.
    await page
      .getByText(/run out of memory/)
      .first()
      .waitFor();
    await look('worker-killed');
    await page.getByRole('main').getByRole('button', { name: 'Resume …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume this run' }).click();
    await waitForStatus(page, 'training');
    await untilStep(page, 106);
  });

  it('leaves no process behind when its main process is killed; a paused run stays paused', async () => {
    const { page, processesOf, kill, processId, runId } = await startTraining();
    await page.keyboard.press('Control+.');
    await waitForStatus(page, 'paused');
    const workers = processesOf(WORKER);
    expect(workers.length).toBeGreaterThan(0);
    process.kill(processId, 'SIGKILL');
    await expect.poll(() => workers.filter(isAlive), { interval: 200 }).toEqual([]);
    await kill();

    const again = await desktop.start();
    await expect.poll(() => ask(again.page, 'library.current', {})).toMatchObject({ folder: library });
    await again.page.evaluate(`location.hash = '/runs/${runId}'`);
    await waitForStatus(again.page, 'stopped');
    await again.page.getByRole('main').getByRole('button', { name: 'Resume' }).first().waitFor();
    await again.look('main-killed');
    expect(await ask(again.page, 'jobs.list', {})).not.toContainEqual(
      expect.objectContaining({ status: 'running' }),
    );
  });

  it('runs without a tray, without a notification service and without a message bus', async () => {
    const { page, application } = await startTraining();
    // The session of the test has none of them: what the program asks for must not end it.
    await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().at(0)?.blur());
    await page.getByRole('main').getByRole('button', { name: 'Stop and save' }).click();
    await waitForStatus(page, 'stopped');
    expect(await desktop.logText()).not.toMatch(/uncaught|An error that nobody caught/i);
  });
});
