import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findChromium } from '../e2e/support/chromium.ts';
import { makeManyImages } from '../support/many-images.ts';

/**
 * `npm run bench -- start [images] [times]` (100,000 and 5): how long from starting `simgan serve` on a library of so many
 * images to the first paint of its window in Chromium, and the memory of the host when it has nothing to do. Promised:
 * 1.5 s for 100,000. The first start also fills the cache of compiled modules. Needs a built window (`npm run build`).
 */
const root = join(import.meta.dirname, '..', '..');
const [images = '100000', times = '5'] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'simgan-start-'));
const executablePath = findChromium();
if (executablePath === undefined) throw new Error('There is no Chromium here to open a window in.');

async function memoryMib(processId: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? NaN) / 1024);
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const library = await makeManyImages(folder, Number(images));
  for (let time = 0; time < Number(times); time++) {
    const startMs = performance.now();
    const host = spawn(
      process.execPath,
      [join(root, 'core', 'host', 'simgan.cjs'), 'serve', '--port', '0', '--library', library],
      { env: { ...process.env, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder }, cwd: folder },
    );
    const ended = new Promise((resolve) => host.once('exit', resolve));
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      const hear = (chunk: Buffer): void => {
        said += chunk.toString();
        const [found] = /http:\S+token=\S+/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      };
      host.stdout.on('data', hear);
      host.stderr.on('data', hear);
      host.once('exit', () => reject(new Error(said)));
    });
    const readyMs = performance.now() - startMs;
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator('main').waitFor();
    const paintMs = await page.evaluate<number>(
      "performance.getEntriesByName('first-contentful-paint')[0].startTime",
    );
    await page.close();
    await sleep(3000);
    process.stdout.write(
      `first paint after ${Math.round(readyMs + paintMs)} ms (${Math.round(readyMs)} until the address is there, ` +
        `${Math.round(paintMs)} from opening it); idle: ${await memoryMib(host.pid)} MiB\n`,
    );
    host.kill('SIGTERM');
    await ended;
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
