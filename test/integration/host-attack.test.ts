import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/base/random.ts';
import { attacks } from '../support/attacks/attacks.ts';
import { ask, cookieOf, openWindow, type BrowserWindow } from '../support/browser.ts';
import { serveStudio, type ServedStudio } from '../support/served-studio.ts';

/** In a small form; `npm run bench -- attack` does more of each. */
const SIZES: Readonly<Record<string, number>> = {
  'malformed messages': 1000,
  'slow requests': 600,
  'many connections and windows': 600,
};

/** None gets in, none kills the host, and a window that is open all the while notices nothing. */
describe('an attack on the host', () => {
  let served: ServedStudio;
  let cookie: string;
  let bystander: BrowserWindow;
  const states: string[] = [];

  beforeAll(async () => {
    served = await serveStudio();
    cookie = await cookieOf(served.host.url());
    bystander = await openWindow(served.host.url());
    bystander.transport.onConnection((state) => states.push(state));
  });
  afterAll(async () => {
    bystander.close();
    await served[Symbol.asyncDispose]();
  });

  it.each(attacks)('by $name', async ({ name, run }) => {
    const { port } = served.host;
    const { tries, gotIn } = await run({ port, cookie, random: createRandom(1, name) }, SIZES[name] ?? 20);
    expect(gotIn).toEqual([]);
    expect(tries).toBeGreaterThan(0);
    expect((await ask(port, { path: '/', headers: { cookie } })).status).toBe(200);
    expect(await bystander.studio.library.current({})).toBeNull();
    expect(states.filter((state) => state !== 'connecting')).toEqual(['open']);
    expect(served.faults).toEqual([]);
  });
});
