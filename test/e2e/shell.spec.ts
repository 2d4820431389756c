import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takePictures, violations } from './support/looks.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

describe.skipIf(!hasBrowser)('the shell of the window', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openStudioWindow();
  });
  afterAll(() => studio.close());

  it('breaks no rule of accessibility while no library is open', async () => {
    await studio.page.getByRole('heading', { name: 'Recent libraries' }).waitFor();
    await takePictures(studio.page, 'welcome');
    expect(await violations(studio.page)).toEqual([]);
    expect(studio.faults).toEqual([]);
  });
});
