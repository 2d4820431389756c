import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { findChromium } from '../e2e/support/chromium.ts';
import { makeManyImages } from '../support/many-images.ts';
import { residentBytes } from '../support/page-memory.ts';
import { serveLibrary } from '../support/serve-library.ts';

/**
 * What the process of the page holds while a million images are scrolled by the bar without a rest:
 * `npm run bench -- scroll-memory [minutes] [library]` (10; made without one). Linux only. By the browser's own protocol,
 * since the same process grows by 45 MiB a minute while Playwright listens.
 */
const [minutes = '10', given] = process.argv.slice(2);
const pageSchema = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }));

const answerSchema = z.object({ result: z.object({ exceptionDetails: z.unknown().optional() }) });

/** Evaluates in the page, until what it promises is there. */
async function evaluate(socket: WebSocket, expression: string): Promise<void> {
  socket.send(
    JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression, awaitPromise: true } }),
  );
  const [{ data }] = (await once(socket, 'message')) as [{ readonly data: string }];
  const { exceptionDetails } = answerSchema.parse(JSON.parse(data)).result;
  if (exceptionDetails !== undefined) throw new Error(`The page failed: ${JSON.stringify(exceptionDetails)}`);
}

/** Of the largest process that draws pages for this profile. */
async function pageMebibytes(profile: string): Promise<number> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(
    processes.map(async (name) => {
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      const isOurs = command.includes('--type=renderer') && command.includes(profile);
      return isOurs ? residentBytes(Number(name)) : 0;
    }),
  );
  return Math.max(...sizes) / 2 ** 20;
}

const folder = await mkdtemp(join(tmpdir(), 'scroll-memory-'));
const profile = join(folder, 'profile');
const library = given === undefined ? await makeManyImages(folder, 1_000_000) : resolve(given);
const host = await serveLibrary(folder, library);
const browser = spawn(
  findChromium() ?? 'chromium',
  [
    ...['--headless=new', '--no-sandbox', '--remote-debugging-port=0', `--user-data-dir=${profile}`],
    ...['--window-size=1280,800', `${host.url}#/data`],
  ],
  { stdio: 'ignore' },
);
try {
  await sleep(8_000);
  const [port] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n');
  const pages = pageSchema.parse(await (await fetch(`http://127.0.0.1:${port}/json`)).json());
  const page = pages.find(({ type }) => type === 'page');
  if (!page) throw new Error('The browser has no page.');
  const socket = new WebSocket(page.webSocketDebuggerUrl);
  await once(socket, 'open');
  console.log(`at first: ${(await pageMebibytes(profile)).toFixed(0)} MiB`);
  for (let minute = 1; minute <= Number(minutes); minute++) {
    await evaluate(
      socket,
      `(async () => {
        const grid = document.querySelector('[role=grid]');
        const end = performance.now() + 60_000;
        for (let turn = 0; performance.now() < end; turn += 1) {
          grid.scrollTop = (0.5 - 0.5 * Math.cos(turn / 120)) * grid.scrollHeight;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      })()`,
    );
    console.log(`minute ${minute}: ${(await pageMebibytes(profile)).toFixed(0)} MiB`);
  }
  socket.close();
} finally {
  browser.kill();
  await once(browser, 'exit');
  await host.end();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
