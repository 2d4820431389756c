import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLibrary } from '../../core/library/library.ts';
import { simulateDataset } from '../../core/studio/data/simulation.ts';
import { quietHooks } from '../support/studio.ts';
import { goTo } from './support/eye-window.ts';
import { compareWithKept } from './support/kept-picture.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

/** What labels look like on images, in a grid: as in the pictures that are kept beside this file. */
describe.skipIf(!hasBrowser)('labels on pictures look as they did', () => {
  let folder: string;
  let studio: StudioWindow;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simgan-looks-'));
    const path = join(folder, 'looks.simgan');
    const library = createLibrary(path);
    const request = { count: 2, seed: 3, look: 'render' } as const;
    const eyes = { ...request, subject: 'eye', name: 'eyes', widthPx: 110, heightPx: 70 } as const;
    const hands = { ...request, subject: 'hand', name: 'hands', widthPx: 96, heightPx: 96 } as const;
    await simulateDataset(library, eyes, quietHooks());
    await simulateDataset(library, hands, quietHooks());
    library.close();
    studio = await openStudioWindow({ library: path });
  });
  afterAll(async () => {
    await studio.close();
    await rm(folder, { recursive: true });
  });

  it.each(['dark', 'light'] as const)('in the grid, in the %s theme', async (theme) => {
    const { page } = studio;
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(`html[data-theme=${theme}]`).waitFor();
    await goTo(page, '/data');
    for (const [name, place] of [
      ['eye', 0],
      ['hand', 2],
    ] as const) {
      const picture = page.locator(`[data-place="${place}"] .picture`);
      await picture.locator('svg').waitFor();
      // A letter, which another font draws otherwise.
      await page.evaluate(
        `for (const role of document.querySelectorAll('.tile .role')) role.style.visibility = 'hidden'`,
      );
      // Pictures lie on the same grey in both themes, so that they are judged alike.
      await expect.poll(() => compareWithKept(picture, `${name}-tile`)).toBe('alike');
    }
    expect(studio.faults).toEqual([]);
  });
});
