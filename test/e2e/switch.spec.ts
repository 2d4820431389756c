import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gazeFromAngles } from '../../core/contract/annotation.ts';
import { encodePng } from '../../core/datasets/pixels/decode.ts';
import { createLibrary } from '../../core/library/library.ts';
import { imageOf } from '../../core/library/temporary-library.ts';
import { goTo, openEyeWindow, startRun, waitForStatus } from './support/eye-window.ts';
import { seenIn } from './support/seen-pixels.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

const SIZE = { widthPx: 60, heightPx: 36 };
const IMAGES = 3;

interface Marked {
  readonly folder: string;
  readonly grey: number;
  readonly pitchRad: number;
}

/** A library whose images have one grey level and one gaze, under the numbers 1 to 3. */
async function makeMarked({ folder, grey, pitchRad }: Marked): Promise<void> {
  using library = createLibrary(folder);
  const rootPath = join(folder, '..', `pictures ${grey}`);
  await mkdir(rootPath);
  const { id } = library.datasets.add({
    ...{ name: `grey ${grey}`, role: 'synthetic', format: 'plain-folder', rootPath, copied: false },
    ...{ importOptions: {}, keypointLayout: null },
  });
  const images = [];
  for (let index = 0; index < IMAGES; index++) {
    const path = `${index}.png`;
    const pixels = new Uint8Array(SIZE.widthPx * SIZE.heightPx).fill(grey);
    await writeFile(join(rootPath, path), encodePng({ pixels, ...SIZE, channels: 1 }));
    const annotations = [gazeFromAngles(pitchRad, 0)];
    images.push(imageOf(path, { ...SIZE, content: `${grey} ${index}`, annotations }));
  }
  library.images.add(id, images);
}

/** The grey level at the left edge of a picture, halfway down: away from its labels, and from bars above and below it. */
async function greyOf(page: Page, selector: string): Promise<number> {
  const seen = await seenIn(page.locator(selector).first(), { width: 6, height: 6 });
  return seen.at(0, 3)[0];
}

/** A picture that is asked for while its library is closed is missing, which the browser prints. */
const withoutMissing = (faults: readonly string[]): readonly string[] =>
  faults.filter((fault) => !fault.includes('404 (Not Found)'));

describe.skipIf(!hasBrowser)('two libraries with the same numbers', () => {
  let folder: string;
  let studio: StudioWindow;
  let dark: Marked;
  let bright: Marked;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simgan-switch-'));
    dark = { folder: join(folder, 'Dark.simgan'), grey: 40, pitchRad: 0.1 };
    bright = { folder: join(folder, 'Bright.simgan'), grey: 220, pitchRad: 0.3 };
    await makeMarked(dark);
    await makeMarked(bright);
    studio = await openStudioWindow({ library: dark.folder, roots: [folder] });
  });
  afterAll(async () => {
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
  const open = (page: Page, library: Marked): Promise<unknown> =>
    page.evaluate(`window.studio.library.open(${JSON.stringify({ folder: library.folder })})`);

  it('show their own pictures beside their own labels, also when switched back and forth', async () => {
    const { page } = studio;
    await goTo(page, '/data');
    for (const library of [dark, bright, dark, bright, dark, bright]) {
      await open(page, library);
      const pitch = ((library.pitchRad * 180) / Math.PI).toFixed(1);
      await inspector(page).getByText(pitch).first().waitFor();
      await expect.poll(() => greyOf(page, '[role=gridcell] img')).toBe(library.grey);
      await expect.poll(() => greyOf(page, 'aside .placed')).toBe(library.grey);
    }
  });

  it('an address of the one is refused while the other is open', async () => {
    const { page } = studio;
    await open(page, dark);
    const address = await page.evaluate<string>(
      `window.studio.library.current({}).then(({ pictures }) => '/pictures/' + pictures + '/images/1?size=full')`,
    );
    const statusOf = async (path: string) =>
      (await page.request.get(new URL(path, page.url()).href)).status();
    expect(await statusOf(address)).toBe(200);
    expect(await statusOf('/pictures/images/1?size=full')).toBe(404);
    await open(page, bright);
    expect(await statusOf(address)).toBe(404);
  });

  it('a correction belongs to the library that is shown', async () => {
    const { page } = studio;
    await open(page, dark);
    await goTo(page, '/data');
    await expect.poll(() => greyOf(page, 'aside .placed')).toBe(dark.grey);
    // Begun in one library and not saved: nothing of it is left in the other.
    await inspector(page).getByRole('button', { name: 'Correct the label' }).click();
    await page.getByRole('button', { name: 'Save the correction' }).waitFor();
    await open(page, bright);
    await page.getByRole('button', { name: 'Save the correction' }).waitFor({ state: 'detached' });
    await expect.poll(() => greyOf(page, 'aside .placed')).toBe(bright.grey);
    await inspector(page).getByRole('button', { name: 'Correct the label' }).click();
    const tip = page.getByRole('button', { name: /^Gaze, pitch/ });
    await tip.focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('button', { name: 'Save the correction' }).click();
    await inspector(page).getByText('corrected by hand').first().waitFor();
    const authors = async (): Promise<unknown> =>
      page.evaluate(`(async () => {
        const { annotations } = await window.studio.images.get({ id: 1 });
        return annotations.map(({ author }) => author);
      })()`);
    expect(await authors()).toEqual(['user']);
    await open(page, dark);
    expect(await authors()).toEqual(['import']);
    expect(withoutMissing(studio.faults)).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('a library that is training', () => {
  let studio: StudioWindow;
  beforeAll(async () => {
    studio = await openEyeWindow(12);
  });
  afterAll(() => studio.close());

  it('is left only when the user says so, from the palette', async () => {
    const { page } = studio;
    await startRun(page, { steps: '100000' });
    await waitForStatus(page, 'training');
    const close = async (): Promise<void> => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
      await page.keyboard.type('close the library');
      await page.keyboard.press('Enter');
    };
    const question = page.getByRole('dialog', { name: 'Work is under way' });
    await close();
    await question.getByText(/run 1 is training/).waitFor();
    await question.getByRole('button', { name: 'Keep working' }).click();
    await question.waitFor({ state: 'detached' });
    await waitForStatus(page, 'training');
    await close();
    await question.getByRole('button', { name: 'Stop and switch' }).click();
    await page.waitForURL(/#\/$|#\/welcome/);
    expect(await page.evaluate(`window.studio.library.current({})`)).toBeNull();
    expect(withoutMissing(studio.faults)).toEqual([]);
  });
});
