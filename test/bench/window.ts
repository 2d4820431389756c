import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../e2e/support/chromium.ts';
import { FIRST_PICTURE } from '../support/seen-pictures.ts';
import { makeManyImages } from '../support/many-images.ts';
import { describeMemory, pageMemory } from '../support/page-memory.ts';
import { serveLibrary, type Host } from '../support/serve-library.ts';
import { firstScreen } from '../support/window-page.ts';

/**
 * How the window holds up with many images: `npm run bench -- window [images] [--library FOLDER]` (1,000,000; a library that
 * is there takes the place of one that is made). Needs the built window (npm run build) and Chromium. Rows are real;
 * their pictures are a pool of 200 files. Prints: first paint of the grid with a picture in it, from another screen and
 * with the window itself, a jump to the end, the memory of page and host, and a filter until its first image is painted.
 * How it is scrolled is measured by `scroll`.
 */
const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { library: { type: 'string' } },
  allowPositionals: true,
});
const [count = 1_000_000] = positionals.map(Number);

function report(what: string, value: string): void {
  console.log(`${what.padEnd(60)} ${value.padStart(24)}`);
}

async function until(page: Page, expression: string): Promise<number> {
  const start = performance.now();
  // Evaluated as a whole: the window's policy forbids the page to evaluate text itself.
  await page.evaluate(`(async () => {
    while (!(${expression})) await new Promise((resolve) => requestAnimationFrame(resolve));
  })()`);
  return performance.now() - start;
}

/** Waits for the histograms of the filters, so that what is measured next is measured alone. */
async function counted(page: Page): Promise<void> {
  await page.getByRole('slider', { name: /^Yaw/ }).first().waitFor();
}

async function reportMemory(page: Page, what: string, { processId }: Host): Promise<void> {
  report(what, describeMemory(await pageMemory(page, processId)));
}

/** From another screen of a window that is there, while the studio has read nothing of the images yet. */
async function reportFirstOpening(page: Page, library: string): Promise<void> {
  const host = await serveLibrary(folder, library);
  try {
    await page.goto(`${host.url}#/settings`);
    await firstScreen(page);
    // The window loads its other screens meanwhile.
    await page.waitForTimeout(4000);
    const begin = performance.now();
    await page.evaluate(`location.hash = '/data'`);
    await until(page, FIRST_PICTURE);
    report('grid painted, from another screen', `${(performance.now() - begin).toFixed(0)} ms`);
  } finally {
    await host.end();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'window-bench-'));
const browser = await chromium.launch({
  executablePath: findChromium() ?? 'chromium',
  args: ['--no-sandbox', '--enable-precise-memory-info'],
});
try {
  const start = performance.now();
  const library =
    options.library === undefined ? await makeManyImages(folder, count) : resolve(options.library);
  report(
    `made a library of ${count.toLocaleString('en')} images`,
    `${((performance.now() - start) / 1000).toFixed(0)} s`,
  );
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await reportFirstOpening(page, library);
  const host = await serveLibrary(folder, library);
  try {
    await page.goto(host.url);
    await firstScreen(page);
    for (const what of ['window and grid painted, first opening', 'window and grid painted, again']) {
      await page.goto('about:blank');
      const begin = performance.now();
      await page.goto(`${new URL(host.url).origin}/#/data`, { waitUntil: 'commit' });
      await until(page, FIRST_PICTURE);
      report(what, `${(performance.now() - begin).toFixed(0)} ms`);
      await counted(page);
      report('  until everything is counted', `${(performance.now() - begin).toFixed(0)} ms`);
    }
    await page.locator('[role=gridcell]').first().click();
    report('', 'heap, nodes, listeners; resident page, host');
    await reportMemory(page, 'memory at first', host);

    await page.locator('[role=gridcell][tabindex="0"]').focus();
    await page.keyboard.press('End');
    report('to the end until its pictures', `${(await until(page, FIRST_PICTURE)).toFixed(0)} ms`);
    await reportMemory(page, 'memory at the end of the list', host);
    for (const [what, query] of [
      ['a range of yaw', 'yawRad=0.1..0.2'],
      ['a rare value', 'yawRad=0.1..0.1001'],
      ['sorted by brightness', 'sort=-greyMean'],
    ] as const) {
      const before = await page.locator('[role=grid]').getAttribute('aria-label');
      const first = await page.locator('[role=gridcell]').first().getAttribute('aria-label');
      const begin = performance.now();
      await page.evaluate(`location.hash = '/data?${query}'`);
      await until(
        page,
        `(document.querySelector('[role=grid]')?.getAttribute('aria-label') !== ${JSON.stringify(before)} ||
          document.querySelector('[role=gridcell]')?.getAttribute('aria-label') !== ${JSON.stringify(first)}) && ${FIRST_PICTURE}`,
      );
      report(`${what} until painted`, `${(performance.now() - begin).toFixed(0)} ms`);
      await page.waitForTimeout(3000);
    }
  } finally {
    await host.end();
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
