import type { Page } from 'playwright-core';
import type { StudioClient } from '../../../core/contract/contract.ts';

/** Asks the studio through the window, as the window does. */
export async function ask<Output>(
  page: Page,
  question: (studio: StudioClient) => Promise<Output>,
): Promise<Output> {
  const wrapped = `(${question.toString()})(window.studio)`;
  return await page.evaluate<Output>(wrapped);
}

/** Makes a library in a folder of the studio's and waits until the window has it. */
export async function makeLibrary(page: Page, folder: string): Promise<void> {
  await page.evaluate(`window.studio.library.create(${JSON.stringify({ folder, name: null })})`);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Data' }).waitFor();
}

/** What has the focus, in words that a failure can show. */
export async function focused(page: Page): Promise<string> {
  return await page.evaluate<string>(
    `((element) => element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 60))(document.activeElement)`,
  );
}
