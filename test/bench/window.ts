import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../e2e/support/chromium.ts';
import { makeManyImages } from '../support/many-images.ts';

/**
 * How the window holds up with many images: `npm run bench -- window [images] [seconds]` (1,000,000 and 10). Needs the
 * built window (npm run build) and Chromium. Rows are real; their pictures are a pool of 200 files. Prints: first paint
 * of the grid, time between frames while scrolling by wheel and by the scroll bar, a filter until its first image is
 * painted, a jump to the end, and the memory of the page before and after.
 */
const count = Number(process.argv[2] ?? 1_000_000);
const seconds = Number(process.argv[3] ?? 10);
const root = join(import.meta.dirname, '..', '..');
const entry = join(root, 'core', 'host', 'simgan.cjs');

function report(what: string, value: string): void {
  console.log(`${what.padEnd(60)} ${value.padStart(24)}`);
}

async function serve(folder: string, library: string): Promise<{ url: string; end: () => Promise<void> }> {
  const home = join(folder, 'home');
  await mkdir(home);
  const child = spawn(
    process.execPath,
    [entry, 'serve', '--port', '0', '--root', folder, '--library', library],
    { cwd: folder, env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home } },
  );
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\/\/\S+token=\S+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`The host ended: ${said}`)));
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    url,
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
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

async function heapMegabytes(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session
    .send('Performance.enable')
    .then(() => session.send('Performance.getMetrics'));
  const valueOf = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return `${(valueOf('JSHeapUsedSize') / 1e6).toFixed(1)} MB, ${valueOf('Nodes')} nodes`;
}

const folder = await mkdtemp(join(tmpdir(), 'window-bench-'));
const browser = await chromium.launch({
  executablePath: findChromium() ?? 'chromium',
  args: ['--no-sandbox', '--enable-precise-memory-info'],
});
try {
  const start = performance.now();
  const library = await makeManyImages(folder, count);
  report(
    `made a library of ${count.toLocaleString('en')} images`,
    `${((performance.now() - start) / 1000).toFixed(0)} s`,
  );
  const host = await serve(folder, library);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(host.url);
    await page.locator('main').waitFor();
    for (const what of ['first opening', 'opened again']) {
      await page.goto('about:blank');
      const begin = performance.now();
      await page.goto(`${new URL(host.url).origin}/#/data`, { waitUntil: 'commit' });
      await until(page, FIRST_PICTURE);
      report(`grid painted, ${what}`, `${(performance.now() - begin).toFixed(0)} ms`);
      await counted(page);
      report('  until everything is counted', `${(performance.now() - begin).toFixed(0)} ms`);
    }
    await page.locator('[role=gridcell]').first().click();
    report('memory before scrolling', await heapMegabytes(page));

    await page.mouse.move(600, 400);
    await frames(page, `scrolling by wheel for ${seconds} s`, async () => {
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        await page.mouse.wheel(0, 160);
        await page.waitForTimeout(16);
      }
    });
    report('  until pictures are there', `${(await until(page, FIRST_PICTURE)).toFixed(0)} ms`);

    await frames(page, `dragging the scroll bar for ${seconds} s`, async () => {
      await page.evaluate(`(async () => {
        const grid = document.querySelector('[role=grid]');
        const end = performance.now() + ${seconds * 1000};
        for (let turn = 0; performance.now() < end; turn += 1) {
          grid.scrollTop = (0.5 - 0.5 * Math.cos(turn / 120)) * grid.scrollHeight;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      })()`);
    });
    report('  until pictures are there', `${(await until(page, FIRST_PICTURE)).toFixed(0)} ms`);

    await page.locator('[role=gridcell][tabindex="0"]').focus();
    await page.keyboard.press('End');
    report('to the end until its pictures', `${(await until(page, FIRST_PICTURE)).toFixed(0)} ms`);
    report('memory after scrolling', await heapMegabytes(page));

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
