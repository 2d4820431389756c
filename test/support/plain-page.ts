import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { findChromium } from '../e2e/support/chromium.ts';
import { residentBytes } from './page-memory.ts';

/**
 * A page that nothing listens to: Playwright has the browser tell and keep every request, which costs it 45 MiB a minute
 * and a good part of its time where thousands of pictures are loaded.
 */
export interface PlainPage {
  /** Evaluates in the page, until what it promises is there. */
  evaluate(expression: string): Promise<unknown>;
  /** Turns the wheel at a place. */
  wheel(x: number, y: number, turnPx: number): Promise<void>;
  /** Of the process that draws the page. Linux only. */
  residentMebibytes(): Promise<number>;
  close(): Promise<void>;
}

const LOADING_MS = 8000;
const pagesSchema = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }));
const answerSchema = z.object({
  id: z.int(),
  result: z.object({
    result: z.object({ value: z.unknown().optional() }).optional(),
    exceptionDetails: z.unknown().optional(),
  }),
});

/** Opens an address in a browser of its own, with its profile in `folder`. */
export async function openPlainPage(folder: string, url: string): Promise<PlainPage> {
  const profile = join(folder, 'profile');
  const browser = spawn(
    findChromium() ?? 'chromium',
    [
      ...['--headless=new', '--no-sandbox', '--remote-debugging-port=0', `--user-data-dir=${profile}`],
      ...['--window-size=1280,800', url],
    ],
    { stdio: 'ignore' },
  );
  await sleep(LOADING_MS);
  const [port] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n');
  const pages = pagesSchema.parse(await (await fetch(`http://127.0.0.1:${port}/json`)).json());
  const page = pages.find(({ type }) => type === 'page');
  if (!page) throw new Error('The browser has no page.');
  const socket = new WebSocket(page.webSocketDebuggerUrl);
  await once(socket, 'open');

  let lastId = 0;
  const ask = async (method: string, params: object) => {
    const id = ++lastId;
    socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [{ data }] = (await once(socket, 'message')) as [{ readonly data: string }];
      const answer = answerSchema.parse(JSON.parse(data));
      if (answer.id === id) return answer.result;
    }
  };
  return {
    async evaluate(expression) {
      const params = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await ask('Runtime.evaluate', params);
      if (exceptionDetails === undefined) return result?.value;
      throw new Error(`The page failed: ${JSON.stringify(exceptionDetails)}`);
    },
    async wheel(x, y, turnPx) {
      await ask('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY: turnPx });
    },
    async residentMebibytes() {
      const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const sizes = await Promise.all(
        processes.map(async (name) => {
          const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
          const isOurs = command.includes('--type=renderer') && command.includes(profile);
          return isOurs ? residentBytes(Number(name)) : 0;
        }),
      );
      return Math.max(...sizes) / 2 ** 20;
    },
    async close() {
      socket.close();
      browser.kill();
      await once(browser, 'exit');
    },
  };
}
