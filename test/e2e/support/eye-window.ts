import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createEyeLibrary } from '../../support/eye-library.ts';
import { openStudioWindow, type StudioWindow } from './studio-window.ts';

/** A window on a library of simulated eyes, rendered ones and as many from a camera. */
export async function openEyeWindow(count: number): Promise<StudioWindow> {
  const folder = await mkdtemp(join(tmpdir(), 'simgan-eyes-'));
  const library = join(folder, 'eyes.simgan');
  (await createEyeLibrary(library, count)).close();
  const studio = await openStudioWindow({ library });
  // The engine that is everywhere, so that no time goes into measuring the others.
  await studio.page.evaluate(`window.studio.settings.set({ engine: 'wasm', threads: 1 })`);
  return {
    ...studio,
    async close() {
      await studio.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Goes to a place of the window, such as "/train?preset=test". */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`);
  await page.waitForURL((url) => url.hash.startsWith(`#${place.split('?')[0]}`));
}

/** Sets up a training of seconds with these changes, starts it by the keyboard, and gives the number of its run. */
export async function startRun(page: Page, changes: Readonly<Record<string, string>> = {}): Promise<number> {
  const { name, ...settings } = changes;
  // The form keeps what was set up before; a page that is loaded anew takes it from the address.
  await goTo(page, `/train?${new URLSearchParams({ preset: 'test', ...settings }).toString()}`);
  await page.reload();
  await page.getByRole('button', { name: 'Start training' }).waitFor();
  if (name !== undefined) await page.getByLabel('Name of the run').fill(name);
  await page.locator('button[aria-disabled]', { hasText: 'Start training' }).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/#\/runs\/\d+/);
  return Number(/#\/runs\/(\d+)/.exec(page.url())?.[1]);
}

/** Waits until the run that is looked at is in a state: "training", "paused", "done". */
export async function waitForStatus(page: Page, word: string): Promise<void> {
  await page.locator('main header').getByText(word, { exact: true }).waitFor();
}

/** Ends what a test left behind, so that the next one's run does not wait for it. */
export async function stopRuns(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    for (const job of await window.studio.jobs.list({})) {
      if (job.status === 'running' || job.status === 'waiting') await window.studio.jobs.cancel({ id: job.id });
    }
  })()`);
}
