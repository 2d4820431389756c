import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startHost, type Host } from '../../core/host/http.ts';
import type { Studio } from '../../core/studio/service/studio.ts';
import { openWindow } from '../support/browser.ts';
import { openTunnel } from '../support/cuttable-tunnel.ts';

/** Says back what it was asked; what was asked for slowly is answered when the gate opens. */
let asked: string[] = [];
let gate = Promise.withResolvers<null>();
const studio: Studio = {
  async call(name) {
    asked.push(name);
    if (name === 'library.recent' || name === 'library.close') await gate.promise;
    return { name };
  },
  subscribe: () => () => undefined,
  resource: () => Promise.reject(new Error('There are no pictures here.')),
  close: () => Promise.resolve(),
};

describe('a window that loses its host', () => {
  let rendererFolder: string;

  beforeAll(async () => {
    rendererFolder = await mkdtemp(join(tmpdir(), 'simgan-reconnect-'));
    await writeFile(join(rendererFolder, 'index.html'), '<!doctype html>');
  });
  afterAll(() => rm(rendererFolder, { recursive: true }));
  beforeEach(() => {
    asked = [];
    gate = Promise.withResolvers<null>();
  });

  async function start(): Promise<Host> {
    const host = await startHost({
      studio,
      rendererFolder,
      address: '127.0.0.1',
      port: 0,
      onNewUrl: () => undefined,
      onFault: (error) => {
        throw error;
      },
    });
    onTestFinished(() => host.close());
    return host;
  }

  /** A window whose way to the host can be cut, and the states that it told. */
  async function windowByTunnel(host: Host) {
    const tunnel = await openTunnel(host.port);
    onTestFinished(() => tunnel[Symbol.asyncDispose]());
    const window = await openWindow(throughTunnel(host, tunnel.port));
    onTestFinished(() => window.close());
    const states: string[] = [];
    window.transport.onConnection((state) => states.push(state));
    await window.studio.jobs.list({});
    return { tunnel, window, states };
  }

  function throughTunnel(host: Host, port: number): string {
    return host.url().replace(`:${host.port}/`, `:${port}/`);
  }

  it('asks its questions again, does no action twice, and says when snapshots are to be taken anew', async () => {
    const { tunnel, window, states } = await windowByTunnel(await start());
    let reconnects = 0;
    window.studio.onReconnect(() => (reconnects += 1));
    const question = window.studio.library.recent({});
    const action = window.studio.library.close({});
    await expect.poll(() => asked).toContain('library.close');
    tunnel.cut();
    await expect(action).rejects.toMatchObject({ code: 'busy', details: { operation: 'library.close' } });
    await expect.poll(() => states.at(-1)).toBe('lost');
    const meanwhile = window.studio.library.close({});
    gate.resolve(null);
    tunnel.mend();
    expect(await question).toEqual({ name: 'library.recent' });
    expect(await meanwhile).toEqual({ name: 'library.close' });
    expect(asked.filter((name) => name === 'library.recent')).toHaveLength(2);
    expect(asked.filter((name) => name === 'library.close')).toHaveLength(2);
    expect(states).toEqual(['connecting', 'open', 'lost', 'open']);
    expect(reconnects).toBe(1);
  });

  it('learns that a host that was started anew does not know it', async () => {
    const { tunnel, window, states } = await windowByTunnel(await start());
    const another = await start();
    tunnel.cut();
    tunnel.mend(another.port);
    await expect.poll(() => states.at(-1)).toBe('refused');
    // Somebody opens the new address by the same way: the browser then has the right cookie, for all its windows.
    const fresh = await openWindow(throughTunnel(another, tunnel.port));
    expect(await fresh.studio.jobs.list({})).toEqual({ name: 'jobs.list' });
    fresh.close();
    window.close();
  });

  it('ends what waits when it is closed', async () => {
    const { window } = await windowByTunnel(await start());
    const question = window.studio.library.recent({});
    await expect.poll(() => asked).toContain('library.recent');
    window.close();
    await expect(question).rejects.toMatchObject({ code: 'busy' });
    gate.resolve(null);
  });
});
