import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../core/base/random.ts';
import { attacks } from '../support/attacks/attacks.ts';
import { ask, cookieOf } from '../support/browser.ts';
import { startServe } from '../support/serve-process.ts';

/**
 * `npm run bench -- attack [size] [seed]`: the attacks of test/integration/host-attack.test.ts on a real `simgan serve`,
 * many more of each. Says for each whether anything got in, whether the host still answers, and what memory it takes.
 */
const [size = '1000', seed = '1'] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'simgan-attack-'));
const served = await startServe(folder);
const port = Number(new URL(served.url).port);
const cookie = await cookieOf(served.url);

async function memoryMib(): Promise<string> {
  const status = await readFile(`/proc/${served.processId}/status`, 'utf8').catch(() => '');
  const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? NaN);
  return Number.isNaN(kib) ? '' : `${Math.round(kib / 1024)} MiB`;
}

process.stdout.write(`Before: ${await memoryMib()}\n`);
try {
  for (const { name, run } of attacks) {
    const startMs = performance.now();
    const { tries, gotIn } = await run(
      { port, cookie, random: createRandom(Number(seed), name) },
      Number(size),
    );
    const answer = await ask(port, { path: '/', headers: { cookie } });
    await served.window.studio.jobs.list({}).catch(() => undefined);
    const current = await served.window.studio.library.current({});
    const isWell = answer.status === 200 && current === null;
    if (gotIn.length > 0 || !isWell) process.exitCode = 1;
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    process.stdout.write(
      `${name.padEnd(46)} ${String(tries).padStart(6)} tries  got in: ${gotIn.length}  ${isWell ? 'answers' : 'IS ILL'}  ${seconds.padStart(6)} s  ${await memoryMib()}\n`,
    );
    for (const way of gotIn.slice(0, 5)) process.stdout.write(`  ${way}\n`);
  }
  process.stdout.write(served.said());
} finally {
  await served.stop();
  await rm(folder, { recursive: true, force: true });
}
