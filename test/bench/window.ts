import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../e2e/support/chromium.ts';
import { makeManyImages } from '../support/many-images.ts';
import { describeMemory, pageMemory } from '../support/page-memory.ts';
import { serveLibrary, type Host } from '../support/serve-library.ts';

/**
 * How the window holds up with many images: `npm run bench -- window [images] [seconds] [--minutes N] [--library FOLDER]`
 * (1,000,000, 10 and 0; a library that is there takes the place of one that is made). Needs the built window
 * (npm run build) and Chromium. Rows are real; their pictures are a pool of 200 files. Prints: first paint of the grid
 * with a picture in it, from another screen and with the window itself, time between frames while scrolling by wheel and
 * by the scroll bar, a jump to the end, the memory of page and host before, after, and after every minute of further
 * scrolling, and a filter until its first image is painted.
 */
const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { minutes: { type: 'string', default: '0' }, library: { type: 'string' } },
  allowPositionals: true,
});
const [count = 1_000_000, seconds = 10] = positionals.map(Number);

function report(what: string, value: string): void {
  console.log(`${what.padEnd(60)} ${value.padStart(24)}`);
}

/** A thumbnail that is in view and decoded. */
const FIRST_PICTURE = `(() => {
  const grid = document.querySelector('[role=grid]')?.getBoundingClientRect();
  return [...document.querySelectorAll('[role=gridcell] img')].some((image) => {
    const box = image.getBoundingClientRect();
    return grid && image.complete && image.naturalWidth > 0 && box.bottom > grid.top && box.top < grid.bottom;
  });
})()`;

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

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

/** Milliseconds between frames while something goes on in the page, told in a line. */
async function frames(page: Page, what: string, work: () => Promise<void>): Promise<void> {
  await page.evaluate(`
    window.frameTimes = [];
    window.framesGoOn = true;
    (function next(last) {
      requestAnimationFrame((now) => {
        if (last !== undefined) window.frameTimes.push(now - last);
        if (window.framesGoOn) next(now);
      });
    })();
  `);
  await work();
  const times = await page.evaluate<number[]>(`window.framesGoOn = false; window.frameTimes`);
  const sorted = times.toSorted((left, right) => left - right);
  const rate = 1000 / (times.reduce((sum, time) => sum + time, 0) / times.length);
  const [half, most] = [0.5, 0.95].map((share) => percentile(sorted, share).toFixed(1));
  report(`${what}: frames/s, median and p95 ms`, `${rate.toFixed(1)}, ${half}, ${most}`);
}

async function reportMemory(page: Page, what: string, { processId }: Host): Promise<void> {
  report(what, describeMemory(await pageMemory(page, processId)));
}

/** From another screen of a window that is there, while the studio has read nothing of the images yet. */
async function reportFirstOpening(page: Page, library: string): Promise<void> {
  const host = await serveLibrary(folder, library);
  try {
    await page.goto(`${host.url}#/settings`);
    await page.locator('main').waitFor();
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

async function scrollByWheel(page: Page, forMs: number): Promise<void> {
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    await page.mouse.wheel(0, 160);
    await page.waitForTimeout(16);
  }
}

/** To the end and back in 13 s, again and again. */
async function dragBar(page: Page, forMs: number): Promise<void> {
  await page.evaluate(`(async () => {
    const grid = document.querySelector('[role=grid]');
    const end = performance.now() + ${forMs};
    for (let turn = 0; performance.now() < end; turn += 1) {
      grid.scrollTop = (0.5 - 0.5 * Math.cos(turn / 120)) * grid.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  })()`);
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
    await page.locator('main').waitFor();
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
    await reportMemory(page, 'memory before scrolling', host);

    await page.mouse.move(600, 400);
    await frames(page, `scrolling by wheel for ${seconds} s`, () => scrollByWheel(page, seconds * 1000));
    report('  until pictures are there', `${(await until(page, FIRST_PICTURE)).toFixed(0)} ms`);
    await frames(page, `dragging the scroll bar for ${seconds} s`, () => dragBar(page, seconds * 1000));
    report('  until pictures are there', `${(await until(page, FIRST_PICTURE)).toFixed(0)} ms`);

    await page.locator('[role=gridcell][tabindex="0"]').focus();
    await page.keyboard.press('End');
    report('to the end until its pictures', `${(await until(page, FIRST_PICTURE)).toFixed(0)} ms`);
    await reportMemory(page, 'memory after scrolling', host);
    for (let minute = 1; minute <= Number(options.minutes); minute += 1) {
      await dragBar(page, 30_000);
      await scrollByWheel(page, 30_000);
      await reportMemory(page, `  after ${minute} more minutes`, host);
    }

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
