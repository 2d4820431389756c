import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { StudioError } from '../../core/base/studio-error.ts';
import type { StudioEvent, StudioListener } from '../../core/contract/events.ts';
import { startHost, type Host, type HostOptions } from '../../core/host/http.ts';
import type { Studio } from '../../core/studio/service/studio.ts';
import { ask, cookieOf, type HttpAnswer, type HttpQuestion } from './browser.ts';

/** A host on a studio that says back what it was asked, so that what is seen is the host alone. */
export interface EchoHost extends AsyncDisposable {
  readonly host: Host;
  /** What it was started with: for another one beside it. */
  readonly options: HostOptions;
  readonly cookie: string;
  /** The origin of its own page. */
  readonly origin: string;
  /** What the host said went wrong inside. */
  readonly faults: unknown[];
  /** Calls that the studio works on at this moment, and the most there were at once. */
  readonly calls: { atOnce: number; most: number };
  /** Tells an event to every window. */
  publish(event: StudioEvent): void;
  /** Asks as somebody who has the cookie. */
  asked(
    path: string,
    headers?: Readonly<Record<string, string>>,
    rest?: Partial<HttpQuestion>,
  ): Promise<HttpAnswer>;
  /** Rejects where the host does not open it. */
  openSocket(headers: Readonly<Record<string, string>>, path?: string): Promise<WebSocket>;
}

export async function startEchoHost(): Promise<EchoHost> {
  const listeners = new Set<StudioListener>();
  const calls = { atOnce: 0, most: 0 };
  const studio: Studio = {
    async call(name, input) {
      if (name === 'library.open') {
        const said = { remedy: 'Look.', details: { folder: '/x' } };
        throw new StudioError('not-found', 'It is not there.', said);
      }
      if (name === 'library.close') throw new TypeError('a fault with a secret path');
      calls.atOnce += 1;
      calls.most = Math.max(calls.most, calls.atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      calls.atOnce -= 1;
      return { name, input };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    resource(url) {
      if (url.startsWith('/pictures/images/404')) {
        return Promise.reject(new StudioError('not-found', 'No such image.', { remedy: 'Look again.' }));
      }
      if (url.startsWith('/pictures/images/500')) return Promise.reject(new Error('a fault'));
      const type = url.startsWith('/reports') ? 'text/html; charset=utf-8' : 'image/png';
      return Promise.resolve({ status: 200, type, body: Buffer.from(url), maxAgeSeconds: 60 });
    },
    close: () => Promise.resolve(),
  };
  const faults: unknown[] = [];
  const rendererFolder = await mkdtemp(join(tmpdir(), 'simgan-host-'));
  await writeFile(join(rendererFolder, 'index.html'), '<!doctype html><title>Window</title>');
  const options: HostOptions = {
    studio,
    rendererFolder,
    address: '127.0.0.1',
    port: 0,
    onNewUrl: () => undefined,
    onFault: (error) => faults.push(error),
  };
  const host = await startHost(options);
  const cookie = await cookieOf(host.url());
  return {
    host,
    options,
    cookie,
    origin: `http://127.0.0.1:${host.port}`,
    faults,
    calls,
    publish(event) {
      for (const listener of listeners) listener(event);
    },
    asked: (path, headers, rest) => ask(host.port, { path, headers: { cookie, ...headers }, ...rest }),
    openSocket(headers, path = '/studio') {
      const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
      return new Promise((resolve, reject) => {
        socket.on('open', () => resolve(socket));
        socket.on('error', reject);
      });
    },
    async [Symbol.asyncDispose]() {
      await host.close();
      await rm(rendererFolder, { recursive: true });
    },
  };
}
