import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takePictures, violations } from './support/looks.ts';
import { makeLibrary } from './support/steps.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('the shell of the window', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openStudioWindow();
    await makeLibrary(studio.page, join(studio.folder, 'Eyes.simgan'));
  });
  afterAll(() => studio.close());

  it('finds every action in the palette, and says of those that cannot be done why', async () => {
    const { page } = studio;
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Command palette' });
    await palette.waitFor();
    await takePictures(page, 'palette');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.type('stop and save');
    const first = palette.getByRole('option').first();
    await expect.poll(() => first.innerText()).toContain('No run is training');
    await expect.poll(() => first.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await palette.isVisible()).toBe(true);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('theme li');
    await page.keyboard.press('Enter');
    await page.locator('html[data-theme=light]').waitFor();
    await page.evaluate(`window.studio.settings.set({ theme: 'system' })`);
    await page.locator('html[data-theme=dark]').waitFor();
  });

  it('shows shortcuts by where they work, and finds one', async () => {
    const { page } = studio;
    await page.locator('#main').focus();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Shortcuts' });
    await sheet.waitFor();
    await takePictures(page, 'shortcuts');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Search shortcuts').fill('flicker');
    await expect.poll(() => sheet.locator('dt').allInnerTexts()).toEqual(['Loupe: Compare by flicker']);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
  });

  it('opens jobs and log by key, closes them with Escape, and goes from pane to pane', async () => {
    const { page } = studio;
    await page.locator('#main').focus();
    await page.keyboard.press('Control+j');
    await page.getByRole('complementary', { name: 'Jobs' }).waitFor();
    await page.keyboard.press('Control+Backquote');
    await page.getByRole('log', { name: 'Log' }).waitFor();
    await page.getByRole('combobox', { name: 'Show' }).click();
    await page.getByRole('option', { name: 'Everything' }).click();
    await takePictures(page, 'panels');
    expect(await violations(page)).toEqual([]);
    const seen = new Set<string>();
    for (let pane = 0; pane < 5; pane++) {
      await page.keyboard.press('F6');
      seen.add(
        await page.evaluate<string>(
          `document.activeElement.closest('[data-pane]')?.getAttribute('aria-label') ?? document.activeElement.closest('[data-pane]')?.id`,
        ),
      );
    }
    expect([...seen].sort()).toEqual(['Jobs', 'Log', 'Main', 'Status', 'main']);
    await page.locator('#main').focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('log', { name: 'Log' }).waitFor({ state: 'hidden' });
    await page.getByRole('complementary', { name: 'Jobs' }).waitFor({ state: 'hidden' });
  });

  it('takes new keys, says who else has them, and gives the usual ones back', async () => {
    const { page } = studio;
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    for (const part of ['Appearance', 'Engine', 'Notifications', 'Privacy', 'Keys']) {
      await page.getByRole('tab', { name: part }).click();
      await takePictures(page, `settings-${part.toLowerCase()}`);
      expect(await violations(page)).toEqual([]);
    }
    const row = page.getByRole('row', { name: /^Jobs / });
    await row.getByRole('button', { name: /Change the keys/ }).click();
    await page.keyboard.press('Control+k');
    await row.getByText('Also: Command palette').waitFor();
    await row.getByRole('button', { name: /usual keys/ }).click();
    await expect.poll(() => row.innerText()).toContain('Ctrl+J');
  });

  it('collects diagnostics and shows what is in them', async () => {
    const { page } = studio;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('diagnostics');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Export diagnostics' });
    await dialog.getByText('settings.json').waitFor();
    await takePictures(page, 'diagnostics');
    expect(await violations(page)).toEqual([]);
    const saved = page.waitForEvent('download');
    await dialog.getByRole('link').click();
    expect((await saved).suggestedFilename()).toContain('diagnostics');
  });

  it('says when the studio was started anew and does not know this window', async () => {
    const { page } = studio;
    expect(studio.faults).toEqual([]);
    await studio.restartHost();
    await page.getByText('does not know this window').waitFor();
    await takePictures(page, 'connection-refused');
    expect(await violations(page)).toEqual([]);
  });
});
