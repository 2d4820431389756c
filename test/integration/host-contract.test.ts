import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openWindow, type BrowserWindow } from '../support/browser.ts';
import { contractCases } from '../support/contract-cases.ts';
import { serveStudio, type ServedStudio } from '../support/served-studio.ts';

/** The same cases on two roads: the service itself, and real sockets. */
describe.each(['the service itself', 'a WebSocket'] as const)('the contract, by %s', (road) => {
  let served: ServedStudio;
  let window: BrowserWindow | undefined;

  beforeAll(async () => {
    served = await serveStudio();
    if (road === 'a WebSocket') window = await openWindow(served.host.url());
  });
  afterEach(async () => {
    served.faults.splice(0);
    await served.direct.library.close({});
  });
  afterAll(async () => {
    window?.close();
    await served[Symbol.asyncDispose]();
  });

  it.each(contractCases)('$name', async ({ run }) => {
    await run({ studio: window?.studio ?? served.direct, folder: served.folder });
    expect(served.faults).toEqual([]);
  });
});
