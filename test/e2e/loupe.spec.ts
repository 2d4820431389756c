import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary, preparedUrl, refinedUrl } from '../../core/contract/picture-urls.ts';
import { encodePng } from '../../core/datasets/pixels/decode.ts';
import { createLibrary } from '../../core/library/library.ts';
import { imageOf } from '../../core/library/temporary-library.ts';
import { goTo } from './support/eye-window.ts';
import { violations } from './support/looks.ts';
import { openTrainedWindow, refine } from './support/refined-window.ts';
import { fetchPicture, seenIn, type SeenPicture } from './support/seen-pixels.ts';
import { hasBrowser, openStudioWindow, type StudioWindow } from './support/studio-window.ts';

/** Screens round what they mix. */
const NEAR = 2;
const STEP = 8;

const stage = (page: Page): Locator => page.getByRole('group', { name: /^Loupe: / });
/** Where the picture lies in the first pane, or in the second. */
const placed = (page: Page, pane = 0): Locator => stage(page).locator('.placed').nth(pane);
const modeButton = (page: Page, name: string): Locator =>
  page.getByRole('group', { name: 'Way to compare' }).getByRole('button', { name });

/** The places that are looked at: not those below the title and the slider's grip. */
function places({ width, height }: SeenPicture): (readonly [x: number, y: number])[] {
  const found: (readonly [number, number])[] = [];
  for (let y = 6; y < height - 6; y += 3) for (let x = 2; x < width - 2; x += 3) found.push([x, y]);
  return found;
}

/** The largest difference between what is seen and what was expected, of any colour at any of the places. */
function farthest(
  seen: SeenPicture,
  expected: (x: number, y: number) => readonly number[],
  where = places(seen),
): number {
  return Math.max(
    ...where.map(([x, y]) => {
      const wanted = expected(x, y);
      return Math.max(...seen.at(x, y).map((value, channel) => Math.abs(value - (wanted[channel] ?? 0))));
    }),
  );
}

const mean = (a: readonly number[], b: readonly number[], share: number): number[] =>
  a.map((value, channel) => value * (1 - share) + (b[channel] ?? 0) * share);

describe.skipIf(!hasBrowser)('the loupe on a synthetic and a refined image', () => {
  let studio: StudioWindow & { readonly runId: number };
  let page: Page;
  let a: SeenPicture;
  let b: SeenPicture;

  const imageId = (): number => Number(/[?&]image=(\d+)/.exec(page.url())?.[1]);
  const look = async (pane = 0): Promise<SeenPicture> => seenIn(placed(page, pane), a);
  /** How far what is seen is from what is expected, asked again until it is near. */
  const waitForPixels = (expected: (x: number, y: number) => readonly number[], pane = 0): Promise<unknown> =>
    expect.poll(async () => farthest(await look(pane), expected)).toBeLessThanOrEqual(NEAR);
  async function hideLabels(): Promise<void> {
    for (const layer of ['Gaze', 'Pupil', 'Iris', 'Lids']) {
      await page.getByRole('button', { name: layer, exact: true }).click();
    }
  }
  async function readFiles(): Promise<void> {
    const pictures = await page.evaluate<string>(
      `window.studio.library.current({}).then(({ pictures }) => pictures)`,
    );
    a = await fetchPicture(page, inLibrary(pictures, preparedUrl(studio.runId, imageId())));
    b = await fetchPicture(page, inLibrary(pictures, refinedUrl(studio.runId, STEP, imageId())));
  }

  beforeAll(async () => {
    // Steps so large that what they did is seen.
    studio = await openTrainedWindow(12, { refinerLearningRate: '0.1', lambda: '0.01' });
    ({ page } = studio);
    await refine(page, studio.runId);
    await goTo(page, '/inspect');
    await page.waitForURL(/image=\d+/);
    await readFiles();
    await hideLabels();
    await stage(page).focus();
  });
  afterAll(() => studio.close());

  it('shows A left of the slider and B right of it; one of them alone at its ends', async () => {
    expect(farthest(b, a.at)).toBeGreaterThan(4 * NEAR);
    const divider = page.getByRole('slider', { name: 'Divider between A and B' });
    const half = a.width / 2;
    // Where the divider itself is, neither is seen.
    const beside = places(a).filter(([x]) => Math.abs(x + 0.5 - half) > 1);
    await expect
      .poll(async () => farthest(await look(), (x, y) => (x < half ? a : b).at(x, y), beside))
      .toBeLessThanOrEqual(NEAR);
    await divider.focus();
    await page.keyboard.press('Home');
    await waitForPixels(b.at);
    await page.keyboard.press('End');
    await waitForPixels(a.at);
    expect(await divider.getAttribute('aria-valuetext')).toBe('100 % of the pane shows A');
  });

  it('shows the other picture for as long as Space is held, also from the slider', async () => {
    await page.keyboard.down(' ');
    await waitForPixels(b.at);
    await page.keyboard.up(' ');
    await waitForPixels(a.at);
    await stage(page).focus();
    await page.keyboard.press('2');
    await waitForPixels(b.at);
    await page.keyboard.down(' ');
    await waitForPixels(a.at);
    await page.keyboard.up(' ');
    await waitForPixels(b.at);
    await page.keyboard.press('1');
    await waitForPixels(a.at);
  });

  it('mixes both by the share that is set', async () => {
    await modeButton(page, 'Blend').click();
    await waitForPixels((x, y) => mean(a.at(x, y), b.at(x, y), 0.5));
    await page.getByRole('slider', { name: 'Share of B' }).focus();
    await page.keyboard.press('Home');
    await waitForPixels(a.at);
    await page.keyboard.press('End');
    await waitForPixels(b.at);
  });

  it('shows both side by side at the same place, however they are zoomed and moved', async () => {
    await modeButton(page, 'Side by side').click();
    await waitForPixels(a.at, 0);
    await waitForPixels(b.at, 1);
    const fitted = await placed(page).boundingBox();
    await stage(page).focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    const box = await placed(page, 1).boundingBox();
    if (!box || !fitted) throw new Error('There are no two panes.');
    expect(box.width).toBeCloseTo(fitted.width * 1.5 ** 2, 0);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 40, box.y + box.height / 2 - 25, { steps: 4 });
    await page.mouse.up();
    const panes = stage(page).locator('.pane');
    const inPane = async (at: number): Promise<number[]> => {
      const [pane, picture] = [await panes.nth(at).boundingBox(), await placed(page, at).boundingBox()];
      if (!pane || !picture) throw new Error('There are no two panes.');
      return [picture.x - pane.x, picture.y - pane.y, picture.width].map(Math.round);
    };
    const moved = await inPane(0);
    expect(await inPane(1)).toEqual(moved);
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => inPane(0)).not.toEqual(moved);
    expect(await inPane(1)).toEqual(await inPane(0));
    await page.keyboard.press('0');
    await expect.poll(async () => (await placed(page).boundingBox())?.width).toBe(fitted.width);
  });

  it('shows the difference: orange where B is lighter, blue where it is darker, stronger with more gain', async () => {
    await page.keyboard.press('3');
    const canvas = stage(page).getByRole('img', { name: `Refined at step ${STEP} − Synthetic` });
    await canvas.waitFor();
    const shift = (x: number, y: number): number => b.at(x, y)[0] - a.at(x, y)[0];
    const seen = await look();
    const changed = places(a).filter(([x, y]) => Math.abs(shift(x, y)) > NEAR);
    expect(changed.length).toBeGreaterThan(10);
    for (const [x, y] of changed) {
      const [red, , blue] = seen.at(x, y);
      expect(Math.sign(red - blue), `${x}, ${y}`).toBe(Math.sign(shift(x, y)));
    }
    await page.keyboard.press(']');
    await page.getByText('Gain ×4').waitFor();
    const colour = (picture: SeenPicture): number =>
      changed.reduce((sum, [x, y]) => sum + Math.abs(picture.at(x, y)[0] - picture.at(x, y)[2]), 0);
    await expect.poll(async () => colour(await look())).toBeGreaterThan(colour(seen));
    expect(await violations(page)).toEqual([]);
  });

  it('shows no difference between an image and itself', async () => {
    const address = page.url().split('#')[1] ?? '';
    await goTo(page, `${address}&alpha=0`);
    await page.reload();
    await stage(page)
      .getByRole('img', { name: /α 0\.00 − Synthetic/ })
      .waitFor();
    await hideLabels();
    await waitForPixels(() => [128, 128, 128]);
    await goTo(page, address);
    await page.reload();
    await stage(page)
      .getByRole('img', { name: `Refined at step ${STEP} − Synthetic` })
      .waitFor();
    await hideLabels();
  });

  it('flickers less often than may do harm, and not at all where motion is reduced', async () => {
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await stage(page).focus();
    await page.keyboard.press('f');
    await modeButton(page, 'Flicker').and(page.locator('[aria-pressed=true]')).waitFor();
    const changes = await page.evaluate<number[]>(`new Promise((resolve) => {
      const times = [];
      let last;
      const look = () => {
        const now = getComputedStyle(document.querySelector('.stage .other')).opacity;
        if (now !== last) times.push(performance.now());
        last = now;
        if (times.length === 9) resolve(times);
        else requestAnimationFrame(look);
      };
      look();
    })`);
    const inSecond = changes.map((from) => changes.filter((at) => at >= from && at < from + 1000).length);
    // Three flashes, of two changes each.
    expect(Math.max(...inSecond)).toBeLessThanOrEqual(6);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await modeButton(page, 'Blend').and(page.locator('[aria-pressed=true]')).waitFor();
    expect(await modeButton(page, 'Flicker').getAttribute('aria-disabled')).toBe('true');
  });

  it('reads out what the pixel under the pointer is in both', async () => {
    await modeButton(page, 'One picture').click();
    const box = await placed(page).boundingBox();
    if (!box) throw new Error('There is no picture.');
    const [x, y] = [17, 20];
    await page.mouse.move(
      box.x + ((x + 0.5) / a.width) * box.width,
      box.y + ((y + 0.5) / a.height) * box.height,
    );
    const [levelA, levelB] = [a.at(x, y)[0], b.at(x, y)[0]];
    const change = levelB - levelA;
    await expect
      .poll(async () => (await page.locator('.readout').innerText()).replaceAll(/\s+/g, ' '))
      .toBe(`x ${x}, y ${y} A ${levelA} B ${levelB} change ${change > 0 ? '+' : ''}${change}`);
  });

  it('hides the labels while H is held, from wherever in the loupe', async () => {
    const lids = page.getByRole('button', { name: 'Lids', exact: true });
    await lids.click();
    await expect.poll(async () => farthest(await look(), a.at)).toBeGreaterThan(4 * NEAR);
    await page.keyboard.down('h');
    await waitForPixels(a.at);
    await page.keyboard.up('h');
    await expect.poll(async () => farthest(await look(), a.at)).toBeGreaterThan(4 * NEAR);
    await lids.click();
  });

  it('goes to the next sample with its values, in whichever way they are compared', async () => {
    const before = imageId();
    await stage(page).focus();
    await page.keyboard.press('3');
    await stage(page)
      .getByRole('img', { name: /− Synthetic/ })
      .waitFor();
    await page.keyboard.press('ArrowRight');
    await expect.poll(imageId).not.toBe(before);
    await readFiles();
    await page.keyboard.press('1');
    await waitForPixels(a.at);
    await page.keyboard.press('2');
    await waitForPixels(b.at);
    expect(studio.faults).toEqual([]);
  });
});

/** Says of a PNG that its values are meant for a display of another gamma: what a browser shows is not what is stored. */
function withGamma(png: Uint8Array, gamma: number): Uint8Array {
  const content = Buffer.alloc(8);
  content.write('gAMA', 'latin1');
  content.writeUInt32BE(Math.round(gamma * 100_000), 4);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(4);
  check.writeUInt32BE(crc32(content));
  // After the signature (8 bytes) and the header (25 bytes).
  return Buffer.concat([png.subarray(0, 33), length, content, check, png.subarray(33)]);
}

describe.skipIf(!hasBrowser)('the loupe on a file', () => {
  let folder: string;
  let studio: StudioWindow;
  let page: Page;
  const [WIDTH, HEIGHT] = [8, 6];
  /** Greys that no two pixels share, and depths in millimetres. */
  const greys = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, index) => 3 + index * 5);
  const depths = Uint16Array.from({ length: WIDTH * HEIGHT }, (_, index) =>
    index === 0 ? 0 : 700 + index * 9,
  );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simgan-loupe-'));
    const root = join(folder, 'pictures');
    await mkdir(root);
    const size = { widthPx: WIDTH, heightPx: HEIGHT, channels: 1 } as const;
    await writeFile(join(root, 'gamma.png'), withGamma(encodePng({ pixels: greys, ...size }), 1));
    await writeFile(join(root, 'depth.png'), encodePng({ pixels: depths, ...size }));
    const library = createLibrary(join(folder, 'Files.simgan'));
    const { id } = library.datasets.add({
      name: 'files',
      role: 'real',
      format: 'plain-folder',
      rootPath: root,
      copied: false,
      importOptions: {},
      keypointLayout: null,
    });
    library.images.add(
      id,
      ['gamma.png', 'gone.png', 'depth.png'].map((name) =>
        imageOf(name, {
          widthPx: WIDTH,
          heightPx: HEIGHT,
          bitDepth: name === 'depth.png' ? 16 : 8,
        }),
      ),
    );
    library.close();
    studio = await openStudioWindow({ library: join(folder, 'Files.simgan'), roots: [folder] });
    ({ page } = studio);
    await goTo(page, '/data?view=loupe');
    await stage(page).first().waitFor();
  });
  afterAll(async () => {
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function pointAt(x: number, y: number): Promise<void> {
    const box = await placed(page).boundingBox();
    if (!box) throw new Error('There is no picture.');
    await page.mouse.move(box.x + ((x + 0.5) / WIDTH) * box.width, box.y + ((y + 0.5) / HEIGHT) * box.height);
  }
  const readout = async (): Promise<string> =>
    (await page.locator('.readout').innerText()).replaceAll(/\s+/g, ' ');

  it('reads out the grey level that the file has, whatever gamma it asks to be shown with', async () => {
    await pointAt(5, 3);
    await expect.poll(readout).toBe(`x 5, y 3 A ${greys[3 * WIDTH + 5]}`);
  });

  it('says of a file that is gone that it cannot be shown, and shows the next one', async () => {
    await stage(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('This picture cannot be shown').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText('This picture cannot be shown').waitFor({ state: 'detached' });
  });

  it('reads out depth in all of its 16 bits, and shows it near bright, black where nothing was measured', async () => {
    await pointAt(4, 4);
    await expect.poll(readout).toBe('x 4, y 4 A 1,024');
    const look = () => seenIn(placed(page), { width: WIDTH, height: HEIGHT });
    await expect.poll(async () => (await look()).at(1, 0)[0]).toBeGreaterThan(240);
    const seen = await look();
    expect(seen.at(WIDTH - 1, HEIGHT - 1)[0]).toBeLessThan(15);
    expect(seen.at(0, 0)[0]).toBe(0);
    expect(seen.at(2, 3)[0]).toBeGreaterThan(seen.at(3, 3)[0]);
  });
});
