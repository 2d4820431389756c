import { hostname, networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ask, openWindow } from '../../test/support/browser.ts';
import { startEchoHost, type EchoHost } from '../../test/support/echo-host.ts';
import { startHost } from './http.ts';

let echo: EchoHost;
beforeAll(async () => {
  echo = await startEchoHost();
});
afterAll(() => echo[Symbol.asyncDispose]());

describe('starting and stopping', () => {
  it('says goodbye to its windows, and its port is free again', async () => {
    const other = await startHost(echo.options);
    const window = await openWindow(other.url());
    await window.studio.jobs.list({});
    const states: string[] = [];
    window.transport.onConnection((state) => states.push(state));
    await other.close();
    await expect(ask(other.port, { path: '/' })).rejects.toThrow('ECONNREFUSED');
    await expect.poll(() => states).toEqual(['open', 'lost']);
    window.close();
  });

  it('says what is wrong with a port or an address', async () => {
    const { port } = echo.host;
    await expect(startHost({ ...echo.options, port })).rejects.toMatchObject({
      code: 'busy',
      message: `Port ${port} of 127.0.0.1 is taken by another program.`,
    });
    await expect(startHost({ ...echo.options, address: '203.0.113.1' })).rejects.toMatchObject({
      code: 'bad-usage',
    });
  });

  it('answers by the names of the machine where it listens on all addresses', async () => {
    const wide = await startHost({ ...echo.options, address: '0.0.0.0' });
    onTestFinished(() => wide.close());
    expect(wide.url()).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const addresses = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).map((one) => one.address),
    );
    for (const name of [hostname(), ...addresses.filter((address) => !address.includes(':'))]) {
      const answer = await ask(wide.port, { path: '/', headers: { host: `${name}:${wide.port}` } });
      expect(answer.status, name).toBe(401);
    }
    expect((await ask(wide.port, { path: '/', headers: { host: 'evil.example' } })).status).toBe(421);
  });
});
