import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { ask, cookieOf, openWindow, type HttpQuestion } from '../../test/support/browser.ts';
import { StudioError } from '../base/studio-error.ts';
import type { StudioEvent, StudioListener } from '../contract/events.ts';
import { DEFAULT_SETTINGS } from '../contract/operations/studio.ts';
import type { Studio } from '../studio/service/studio.ts';
import { startHost, type Host } from './http.ts';

/** A studio that says back what it was asked, so that what is seen here is the host alone. */
const listeners = new Set<StudioListener>();
const calls = { atOnce: 0, most: 0 };
const echo: Studio = {
  async call(name, input) {
    if (name === 'library.open') {
      throw new StudioError('not-found', 'It is not there.', { remedy: 'Look.', details: { folder: '/x' } });
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
const publish = (event: StudioEvent): void => {
  for (const listener of listeners) listener(event);
};
const metrics = (step: number): StudioEvent => ({ type: 'metrics', runId: 1, step });

let folder: string;
let host: Host;
let cookie: string;
let own: string;
const faults: unknown[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simgan-host-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Window</title>');
  host = await start();
  cookie = await cookieOf(host.url());
  own = `http://127.0.0.1:${host.port}`;
});

afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

afterEach(() => void faults.splice(0));

function start(): Promise<Host> {
  return startHost({
    studio: echo,
    rendererFolder: folder,
    address: '127.0.0.1',
    port: 0,
    onNewUrl: () => undefined,
    onFault: (error) => faults.push(error),
  });
}

function asked(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  rest: Partial<HttpQuestion> = {},
) {
  return ask(host.port, { path, headers: { cookie, ...headers }, ...rest });
}

function open(headers: Readonly<Record<string, string>>, path = '/studio'): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

function closeCodeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.on('close', resolve));
}

describe('the way in', () => {
  it('is the address with the token: once a cookie, then the address without it', async () => {
    const { search } = new URL(host.url());
    const welcome = await ask(host.port, { path: `/${search}` });
    expect(welcome.status).toBe(303);
    expect(welcome.headers.location).toBe('/');
    expect(welcome.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    const page = await asked('/');
    expect(page.status).toBe(200);
    expect(page.body.toString()).toContain('<title>Window</title>');
  });

  it.each([
    '/',
    '/index.html',
    '/pictures/images/1',
    '/reports/1/2.html',
    '/studio',
    '/?token=',
    '/?token=wrong',
    '/nothing',
  ])('is no other: %s without the cookie', async (path) => {
    const stranger = await ask(host.port, { path });
    expect(stranger.status).toBe(401);
    expect(stranger.headers['set-cookie']).toBeUndefined();
    expect(stranger.body.toString()).toContain('simgan serve');
  });

  it('is shut for the page of somebody else, whatever cookie comes along', async () => {
    const fetched = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    const visit = {
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': 'cross-site',
    };
    const refused: [path: string, headers: Record<string, string>][] = [
      ['/', { origin: 'http://evil.example' }],
      ['/', { origin: 'null' }],
      ['/', { origin: `http://localhost:${host.port}` }],
      ['/', { origin: 'http://127.0.0.1:1' }],
      ['/pictures/images/1', { 'sec-fetch-site': 'cross-site', ...fetched }],
      // Another port of this machine is another site's page with the same cookies.
      ['/pictures/images/1', { 'sec-fetch-site': 'same-site', ...fetched }],
      ['/reports/1/2.html', visit],
      ['/', { ...visit, 'sec-fetch-dest': 'iframe' }],
    ];
    for (const [path, headers] of refused) {
      expect((await asked(path, headers)).status, JSON.stringify(headers)).toBe(403);
    }
    expect((await asked('/', visit)).status).toBe(200);
    expect((await asked('/pictures/images/1', { 'sec-fetch-site': 'same-origin', ...fetched })).status).toBe(
      200,
    );
    expect((await asked('/', { origin: own })).status).toBe(200);
  });

  it('is shut for names that only resolve to this machine', async () => {
    const names = [
      'evil.example',
      `evil.example:${host.port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '127.0.0.2',
      'localhost@evil.example',
      '[::1',
      'localhost:99999999',
      ':80',
      '[::1]x',
    ];
    for (const name of names) expect([400, 421], name).toContain((await asked('/', { host: name })).status);
    // Through a tunnel the same host has another port.
    for (const name of ['localhost:9000', '127.0.0.1', '[::1]:80', 'localhost:99999', 'LOCALHOST:9000']) {
      const answer = await ask(host.port, { path: '/', headers: { host: name } });
      expect(answer.status, name).toBe(401);
    }
  });

  it('is a GET without a body', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      expect((await asked('/', {}, { method })).status, method).toBe(405);
    }
    expect((await asked('/', { 'content-length': '4' }, { body: 'body' })).status).toBe(413);
    expect((await asked('/', { 'transfer-encoding': 'chunked' }, { body: 'body' })).status).toBe(413);
    expect((await asked(`/${'a'.repeat(9000)}`)).status).toBe(414);
    expect((await asked('/', { 'x-long': 'a'.repeat(20_000) })).status).toBe(431);
    expect((await asked('//evil.example/')).status).toBe(400);
    expect((await asked('http://evil.example/')).status).toBe(400);
    const head = await asked('/', {}, { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });
});

describe('what is served', () => {
  it('carries the headers that keep it in its place, and none that lets others read it', async () => {
    for (const path of ['/', '/nothing', '/pictures/images/1', '/pictures/images/404', '/reports/1/2.html']) {
      const { headers } = await asked(path);
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy'], path).toMatch(/^default-src 'none';/);
      expect(headers['content-security-policy'], path).toContain('frame-ancestors');
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    const policy = (await asked('/')).headers['content-security-policy'];
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
  });

  it('gives pictures as they are, and a report with its own policy', async () => {
    const picture = await asked('/pictures/images/7?size=160');
    expect(picture.body.toString()).toBe('/pictures/images/7?size=160');
    expect(picture.headers['cache-control']).toBe('private, max-age=60');
    expect(picture.headers['content-security-policy']).toBe(
      "default-src 'none'; sandbox; frame-ancestors 'none'",
    );
    const report = await asked('/reports/1/2.html');
    expect(report.headers['content-security-policy']).toMatch(
      /script-src 'sha256-[^']+'.*frame-ancestors 'self'/,
    );
  });

  it('says why a picture is not there, and keeps to itself what broke', async () => {
    const missing = await asked('/pictures/images/404');
    expect([missing.status, JSON.parse(missing.body.toString())]).toMatchObject([
      404,
      { code: 'not-found', message: 'No such image.' },
    ]);
    expect(faults).toEqual([]);
    const broken = await asked('/pictures/images/500');
    expect(broken.status).toBe(500);
    expect(broken.body.toString()).not.toContain('at ');
    expect(faults).toHaveLength(1);
  });
});

describe('the WebSocket', () => {
  it('is opened by the own window alone', async () => {
    const refused: [headers: Record<string, string>, path?: string][] = [
      [{}],
      [{ origin: own }],
      [{ cookie }],
      [{ cookie, origin: 'null' }],
      [{ cookie, origin: 'http://evil.example' }],
      [{ cookie, origin: `http://localhost:${host.port}` }],
      [{ cookie, origin: `${own}.evil.example` }],
      [{ cookie: `${cookie}x`, origin: own }],
      [{ cookie, origin: 'http://evil.example', host: 'evil.example' }],
      [{ cookie, origin: own }, '/'],
      [{ cookie, origin: own }, '/studio/'],
    ];
    for (const [headers, path] of refused) {
      await expect(open(headers, path), JSON.stringify(headers)).rejects.toThrow(
        /Unexpected server response: 4/,
      );
    }
    expect((await open({ cookie, origin: own })).readyState).toBe(WebSocket.OPEN);
  });

  it('answers each call its own, and carries failures with their remedies', async () => {
    const window = await openWindow(host.url());
    onTestFinished(() => window.close());
    const answers = await Promise.all([...Array(200).keys()].map((id) => window.studio.jobs.get({ id })));
    expect(answers).toEqual([...Array(200).keys()].map((id) => ({ name: 'jobs.get', input: { id } })));
    await expect(window.studio.library.open({ folder: '/x' })).rejects.toMatchObject({
      code: 'not-found',
      message: 'It is not there.',
      remedy: 'Look.',
      details: { folder: '/x' },
    });
    expect(faults).toEqual([]);
    await expect(window.studio.library.close({})).rejects.toThrow('a fault');
    expect(faults).toHaveLength(1);
  });

  it('tells every window the same', async () => {
    const windows = await Promise.all([openWindow(host.url()), openWindow(host.url())]);
    const told = windows.map((): StudioEvent[] => []);
    windows.forEach((window, index) => window.studio.subscribe((event) => told[index].push(event)));
    await Promise.all(windows.map((window) => window.studio.jobs.list({})));
    const events: StudioEvent[] = [metrics(1), metrics(2), { type: 'settings', settings: DEFAULT_SETTINGS }];
    events.forEach(publish);
    await Promise.all(windows.map((window) => window.studio.jobs.list({})));
    expect(told).toEqual([events, events]);
    for (const window of windows) window.close();
  });

  it.each([
    ['no JSON', 'hello', 1008],
    ['no call', '{}', 1008],
    ['a call with more in it', '{"id":1,"name":"jobs.list","input":{},"extra":1}', 1008],
    ['a name beyond all bounds', JSON.stringify({ id: 1, name: 'a'.repeat(101), input: {} }), 1008],
    ['a number that is none', '{"id":-1,"name":"jobs.list","input":{}}', 1008],
    ['deep nesting', '['.repeat(200_000), 1008],
    ['bytes', Buffer.from([1, 2, 3]), 1003],
    ['too much', 'x'.repeat(3 * 1024 * 1024), 1009],
  ])('ends a connection that sends %s', async (_, message, code) => {
    const socket = await open({ cookie, origin: own });
    socket.send(message);
    expect(await closeCodeOf(socket)).toBe(code);
    expect((await asked('/')).status).toBe(200);
  });

  it('reads a flood more slowly, works on few calls at once, and answers all in their order', async () => {
    const socket = await open({ cookie, origin: own });
    const answered: number[] = [];
    const done = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        answered.push((JSON.parse(data.toString()) as { id: number }).id);
        if (answered.length === 1300) resolve();
      });
    });
    const startMs = performance.now();
    calls.most = 0;
    for (let id = 0; id < 1300; id++) socket.send(JSON.stringify({ id, name: 'jobs.list', input: {} }));
    await done;
    expect(answered).toEqual([...Array(1300).keys()]);
    // The 300 beyond the first 1,000 take a second, whatever the machine.
    expect(performance.now() - startMs).toBeGreaterThan(900);
    expect(calls.most).toBeLessThanOrEqual(32);
  });

  it('keeps for a reader that does not read only the last of each thing, and the order of what it keeps', async () => {
    const socket = await open({ cookie, origin: own });
    const events: StudioEvent[] = [];
    socket.pause();
    const big = 'x'.repeat(100_000);
    const log = (number: number): StudioEvent => ({
      type: 'log',
      entry: { number, at: '2026-01-01T00:00:00Z', level: 'info', source: 'test', text: big },
    });
    for (let step = 1; step <= 500; step++) {
      publish(log(step));
      publish(metrics(step));
    }
    publish({ type: 'run-removed', runId: 1 });
    socket.on('message', (data: Buffer) => {
      events.push((JSON.parse(data.toString()) as { event: StudioEvent }).event);
    });
    socket.resume();
    await new Promise<void>((resolve) => {
      socket.on('message', () => {
        if (events.at(-1)?.type === 'run-removed') resolve();
      });
    });
    expect(events.length).toBeLessThan(300);
    const steps = events.flatMap((event) => (event.type === 'metrics' ? [event.step] : []));
    expect(steps.at(-1)).toBe(500);
    expect(steps).toEqual(steps.toSorted((left, right) => left - right));
  });
});

describe('starting and stopping', () => {
  it('says goodbye to its windows, and its port is free again', async () => {
    const other = await start();
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
    const options = {
      studio: echo,
      rendererFolder: folder,
      onNewUrl: () => undefined,
      onFault: () => undefined,
    };
    await expect(startHost({ ...options, address: '127.0.0.1', port: host.port })).rejects.toMatchObject({
      code: 'busy',
      message: `Port ${host.port} of 127.0.0.1 is taken by another program.`,
    });
    await expect(startHost({ ...options, address: '203.0.113.1', port: 0 })).rejects.toMatchObject({
      code: 'bad-usage',
    });
  });

  it('answers by the names of the machine where it listens on all addresses', async () => {
    const wide = await startHost({
      studio: echo,
      rendererFolder: folder,
      address: '0.0.0.0',
      port: 0,
      onNewUrl: () => undefined,
      onFault: () => undefined,
    });
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
