import type { Page } from 'playwright-core';

/** Makes a library in a folder of the studio's and waits until the window has it. */
export async function makeLibrary(page: Page, folder: string): Promise<void> {
  await page.evaluate(`window.studio.library.create(${JSON.stringify({ folder, name: null })})`);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Data' }).waitFor();
}

/** The name of the control that has the focus; empty where none has. */
export async function focused(page: Page): Promise<string> {
  return await page.evaluate<string>(`(() => {
    const { activeElement } = document;
    if (!activeElement?.matches('a, button, input, summary, [tabindex="0"]')) return '';
    return activeElement.getAttribute('aria-label') ?? activeElement.labels?.[0]?.textContent ?? activeElement.textContent.trim();
  })()`);
}
