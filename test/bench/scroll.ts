import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ALL_PICTURES, FIRST_PICTURE } from '../support/seen-pictures.ts';
import { makeManyImages } from '../support/many-images.ts';
import { openPlainPage } from '../support/plain-page.ts';
import { serveLibrary } from '../support/serve-library.ts';

/**
 * How a million images are scrolled: `npm run bench -- scroll [seconds] [--minutes N] [--library FOLDER]` (10 and 0; a
 * library that is there takes the place of one that is made). Prints the time between frames by wheel at several speeds
 * and by the scroll bar, how soon a picture and all pictures in view are there afterwards, and what the process of the
 * page holds after every minute of dragging the bar. Needs the built window (npm run build) and Chromium.
 */
const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { minutes: { type: 'string', default: '0' }, library: { type: 'string' } },
  allowPositionals: true,
});
const seconds = Number(positionals.at(0) ?? 10);

/** Pixels of a turn of the wheel, with about fifty turns a second: an eye follows the slowest. */
const TURNS_PX = [10, 20, 50, 160] as const;
const TURN_MS = 16;

const timesSchema = z.array(z.number());

const report = (what: string, value: string): void => {
  console.log(`${what.padEnd(48)} ${value.padStart(34)}`);
};

const percentile = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);

const folder = await mkdtemp(join(tmpdir(), 'scroll-bench-'));
const library =
  options.library === undefined ? await makeManyImages(folder, 1_000_000) : resolve(options.library);
const host = await serveLibrary(folder, library);
const page = await openPlainPage(folder, `${host.url}#/data`);

/** Milliseconds between frames while something goes on in the page, told in a line, and how far it was scrolled. */
async function frames(what: string, work: () => Promise<void>): Promise<void> {
  const top = async () =>
    z.number().parse(await page.evaluate(`document.querySelector('[role=grid]').scrollTop`));
  const before = await top();
  await page.evaluate(`
    window.frameTimes = [];
    window.framesGoOn = true;
    (function next(last) {
      requestAnimationFrame((now) => {
        if (last !== undefined) window.frameTimes.push(now - last);
        if (window.framesGoOn) next(now);
      });
    })();
    undefined
  `);
  await work();
  const times = timesSchema.parse(await page.evaluate(`window.framesGoOn = false; window.frameTimes`));
  const sorted = times.toSorted((left, right) => left - right);
  const rate = 1000 / (times.reduce((sum, time) => sum + time, 0) / times.length);
  const speed = ((await top()) - before) / seconds;
  const [half, most] = [0.5, 0.95].map((share) => percentile(sorted, share));
  report(what, `${rate.toFixed(1)} frames/s, median ${half}, p95 ${most} ms`);
  if (speed > 0) report('  scrolled', `${speed.toFixed(0)} px/s`);
}

async function reportPictures(): Promise<void> {
  const begun = performance.now();
  const waited: string[] = [];
  for (const isThere of [FIRST_PICTURE, ALL_PICTURES]) {
    await page.evaluate(
      `(async () => { while (!(${isThere})) await new Promise((resolve) => requestAnimationFrame(resolve)); })()`,
    );
    waited.push(`${(performance.now() - begun).toFixed(0)} ms`);
  }
  report('  until a picture, all pictures in view are there', waited.join(', '));
}

async function scrollByWheel(turnPx: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await page.wheel(600, 400, turnPx);
    await sleep(TURN_MS);
  }
}

/** To the end and back in 13 s, again and again. */
async function dragBar(forMs: number): Promise<void> {
  await page.evaluate(`(async () => {
    const grid = document.querySelector('[role=grid]');
    const end = performance.now() + ${forMs};
    for (let turn = 0; performance.now() < end; turn += 1) {
      grid.scrollTop = (0.5 - 0.5 * Math.cos(turn / 120)) * grid.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  })()`);
}

try {
  report('memory of the page at first', `${(await page.residentMebibytes()).toFixed(0)} MiB`);
  for (const turnPx of TURNS_PX) {
    await frames(`wheel by turns of ${turnPx} px`, () => scrollByWheel(turnPx));
    await reportPictures();
  }
  await frames('dragging the scroll bar', () => dragBar(seconds * 1000));
  await reportPictures();
  for (let minute = 1; minute <= Number(options.minutes); minute++) {
    await dragBar(60_000);
    report(`memory after minute ${minute}`, `${(await page.residentMebibytes()).toFixed(0)} MiB`);
  }
} finally {
  await page.close();
  await host.end();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
