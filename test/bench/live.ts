import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { createRandom } from '../../core/base/random.ts';
import type { Library } from '../../core/library/library.ts';
import { presets } from '../../core/simgan/presets.ts';
import { findChromium } from '../e2e/support/chromium.ts';
import { createEyeLibrary } from '../support/eye-library.ts';
import { describeMemory, pageMemory } from '../support/page-memory.ts';
import { serveLibrary } from '../support/serve-library.ts';
import { firstScreen } from '../support/window-page.ts';

/**
 * `npm run bench -- live [--minutes N] [--preset NAME]`: how long the curves of a run of a million steps take to open in the window, and how even
 * its frames are while a training takes all cores, with the memory of page and host after every minute.
 */
const { values: options } = parseArgs({
  args: process.argv.slice(2),
  options: {
    minutes: { type: 'string', default: '1' },
    /** "test" makes many steps, "eye-small" keeps all cores busy. */
    preset: { type: 'string', default: 'eye-small' },
  },
});

const STEPS = 1_000_000;
const METRICS = [
  ...['realism', 'regularization', 'loss', 'change', 'contrast', 'gradientNorm', 'histogramDistance'].map(
    (name) => `refiner.${name}`,
  ),
  ...['loss', 'accuracyReal', 'accuracyRefined', 'accuracyHistory', 'gradientNorm'].map(
    (name) => `discriminator.${name}`,
  ),
  ...['refiner', 'discriminator', 'data', 'read'].map((name) => `time.${name}`),
  ...['refiner', 'discriminator'].map((name) => `rate.${name}`),
];

/** A run with a reading of every metric at every step. */
function addLongRun(library: Library): number {
  const random = createRandom(1, 'bench');
  const config = { ...(presets[0]?.config ?? {}), steps: STEPS, metricsEvery: 1 };
  const run = library.runs.add({
    name: 'a million steps',
    config,
    syntheticPackId: null,
    realPackId: null,
    totalSteps: STEPS,
  });
  for (let first = 1; first <= STEPS; first += 2000) {
    const readings = Array.from({ length: 2000 }, (_, index) => ({
      step: first + index,
      values: Object.fromEntries(METRICS.map((name) => [name, random.uniform()])),
    }));
    library.runMetrics.append(run.id, readings);
  }
  library.runs.heartbeat(run.id, STEPS);
  library.runs.setStatus(run.id, 'done');
  return run.id;
}

/** Between pointing at a link and pressing it. */
const POINTING_MS = 150;

/** From the click on a run until every chart in view is painted, as the page's own clock has it. */
async function openingMs(page: Page): Promise<number> {
  const link = page.getByRole('link', { name: 'a million steps', exact: true });
  await link.hover();
  await page.waitForTimeout(POINTING_MS);
  const opened = page.evaluate<number>(`new Promise((resolve) => {
    let begun;
    addEventListener('click', () => (begun = performance.now()), { capture: true, once: true });
    const isDrawn = () => {
      const plots = [...document.querySelectorAll('.chart')].filter((chart) => chart.getBoundingClientRect().top < innerHeight);
      return plots.length > 0 && plots.every((chart) => chart.querySelector('canvas'));
    };
    // What is drawn within a frame is painted by it; what is posted from it is handled once it is painted.
    let isInFrame = false;
    let isInTime = false;
    const painted = new MessageChannel();
    painted.port1.onmessage = () => {
      isInFrame = false;
      if (isInTime) resolve(performance.now() - begun);
    };
    const look = () => {
      isInFrame = true;
      isInTime ||= isDrawn();
      painted.port2.postMessage(null);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    new MutationObserver(() => (isInTime ||= isInFrame && isDrawn())).observe(document, { childList: true, subtree: true });
  })`);
  await link.click();
  return await opened;
}

/** How long the studio takes to answer for six curves. */
async function answerMs(page: Page, runId: number): Promise<number> {
  const names = METRICS.slice(0, 6);
  const query = JSON.stringify({ id: runId, names, fromStep: null, toStep: null, maxPoints: 800 });
  return await page.evaluate<number>(`(async () => {
    const begun = performance.now();
    await window.studio.runs.metrics(${query});
    return performance.now() - begun;
  })()`);
}

/** Milliseconds from frame to frame. */
async function frames(page: Page, seconds: number): Promise<number[]> {
  return await page.evaluate<number[]>(`new Promise((resolve) => {
    const times = [];
    let last = performance.now();
    const end = last + ${seconds * 1000};
    const next = (now) => {
      times.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(next);
      else resolve(times.slice(1));
    };
    requestAnimationFrame(next);
  })`);
}

function report(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(64)} ${value}\n`);
}

function reportFrames(what: string, times: number[]): void {
  times.sort((left, right) => left - right);
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? NaN).toFixed(1);
  const slow = times.filter((time) => time > 1000 / 30).length / times.length;
  report(
    what,
    `median ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)} ms; ${(100 * slow).toFixed(1)} % over 33 ms`,
  );
}

async function reportMemory(page: Page, hostProcessId: number): Promise<void> {
  report(
    '  heap, nodes, listeners of the page; resident page, host',
    describeMemory(await pageMemory(page, hostProcessId)),
  );
}

/** How far the newest run is. */
async function stepOfNewest(page: Page): Promise<string> {
  return await page.evaluate<string>(
    `window.studio.runs.list({}).then((runs) => runs.at(-1).status + ' at step ' + runs.at(-1).step)`,
  );
}

const folder = await mkdtemp(join(tmpdir(), 'simgan-live-bench-'));
if (process.env.SIMGAN_RENDERER_FOLDER === undefined) {
  const outDir = join(folder, 'renderer');
  const configFile = join(import.meta.dirname, '..', '..', 'vite.config.ts');
  await build({ configFile, build: { outDir }, logLevel: 'warn' });
  process.env.SIMGAN_RENDERER_FOLDER = outDir;
}
const libraryFolder = join(folder, 'eyes.simgan');
const library = await createEyeLibrary(libraryFolder, 200);
const longRun = addLongRun(library);
library.close();
const host = await serveLibrary(folder, libraryFolder);
const executablePath = findChromium();
if (executablePath === undefined) throw new Error('There is no Chromium here.');
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(host.url);
  await firstScreen(page);
  // As somebody does who looks at the list first: the window then loads its other screens.
  await page.evaluate(`location.hash = '/runs'`);
  await page.waitForTimeout(3000);
  report('load of the machine, 1 min', (loadavg()[0] ?? 0).toFixed(1));
  for (const visit of ['first time', 'again', 'once more']) {
    await page.evaluate(`location.hash = '/runs'`);
    await page.getByRole('link', { name: 'a million steps', exact: true }).waitFor();
    report(
      `open the curves of ${STEPS.toLocaleString('en')} steps, ${visit}`,
      `${(await openingMs(page)).toFixed(0)} ms`,
    );
  }
  report('  the answer of the studio for six curves', `${(await answerMs(page, longRun)).toFixed(0)} ms`);
  // Of the guards those that would end it are off.
  const settings =
    'steps=1000000&metricsEvery=1&previewEvery=50&guardDiversity=0&guardInversion=false&driftBudget=0';
  await page.evaluate(`location.hash = '/train?preset=${options.preset}&${settings}'`);
  await page.reload();
  await page.getByRole('button', { name: 'Start training' }).waitFor();
  await page.waitForTimeout(1000);
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/#\/runs\/\d+/);
  await page.getByRole('img', { name: /^Refined, \d+ samples, step \d+/ }).waitFor({ timeout: 600_000 });
  await reportMemory(page, host.processId);
  for (let minute = 1; minute <= Number(options.minutes); minute++) {
    reportFrames(`frames of minute ${minute} while it trains`, await frames(page, 60));
    report('  the run', await stepOfNewest(page));
    await reportMemory(page, host.processId);
  }
  report('load of the machine, 1 min', (loadavg()[0] ?? 0).toFixed(1));
} finally {
  await browser.close();
  await host.end();
  await rm(folder, { recursive: true, force: true });
}
