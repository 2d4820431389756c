import type { Page } from 'playwright-core';

const pages = new Set<Page>();

/**
 * Waits until a page that was opened shows its first screen. A place that is set before, by the address, is lost: the
 * router's first navigation ends when the screen is loaded, and puts its own place into the address.
 */
export async function firstScreen(page: Page): Promise<void> {
  pages.add(page);
  page.once('close', () => pages.delete(page));
  await page.locator('main > *').first().waitFor({ state: 'attached' });
}

const MOST_LETTERS = 1500;

/** The address and the text of every window that is open, for the report of a test that failed. */
export async function shownInWindows(): Promise<string> {
  const shown = await Promise.all(
    [...pages].map(async (page) => {
      // A page that crashed has no text.
      const text = await page.evaluate<string>('document.body.innerText').catch(String);
      return `${page.url().replace(/token=[^&#]*/, 'token=…')}\n${text.slice(0, MOST_LETTERS)}`;
    }),
  );
  return shown.join('\n\n');
}
