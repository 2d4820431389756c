import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../../test/support/browser.ts';
import { startEchoHost, type EchoHost } from '../../../test/support/echo-host.ts';

let echo: EchoHost;
beforeAll(async () => {
  echo = await startEchoHost();
});
afterAll(() => echo[Symbol.asyncDispose]());

describe('the way in', () => {
  it('is the address with the token: once a cookie, then the address without it', async () => {
    const { search } = new URL(echo.host.url());
    const welcome = await ask(echo.host.port, { path: `/${search}` });
    expect(welcome.status).toBe(303);
    expect(welcome.headers.location).toBe('/');
    expect(welcome.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    const page = await echo.asked('/');
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
    const stranger = await ask(echo.host.port, { path });
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
      ['/', { origin: `http://localhost:${echo.host.port}` }],
      ['/', { origin: 'http://127.0.0.1:1' }],
      ['/pictures/images/1', { 'sec-fetch-site': 'cross-site', ...fetched }],
      // Another port of this machine is another site's page with the same cookies.
      ['/pictures/images/1', { 'sec-fetch-site': 'same-site', ...fetched }],
      ['/reports/1/2.html', visit],
      ['/', { ...visit, 'sec-fetch-dest': 'iframe' }],
    ];
    for (const [path, headers] of refused) {
      expect((await echo.asked(path, headers)).status, JSON.stringify(headers)).toBe(403);
    }
    expect((await echo.asked('/', visit)).status).toBe(200);
    expect(
      (await echo.asked('/pictures/images/1', { 'sec-fetch-site': 'same-origin', ...fetched })).status,
    ).toBe(200);
    expect((await echo.asked('/', { origin: echo.origin })).status).toBe(200);
  });

  it('is shut for names that only resolve to this machine', async () => {
    const names = [
      'evil.example',
      `evil.example:${echo.host.port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '127.0.0.2',
      'localhost@evil.example',
      '[::1',
      'localhost:99999999',
      ':80',
      '[::1]x',
    ];
    for (const name of names)
      expect([400, 421], name).toContain((await echo.asked('/', { host: name })).status);
    // Through a tunnel the same host has another port.
    for (const name of ['localhost:9000', '127.0.0.1', '[::1]:80', 'localhost:99999', 'LOCALHOST:9000']) {
      const answer = await ask(echo.host.port, { path: '/', headers: { host: name } });
      expect(answer.status, name).toBe(401);
    }
  });

  it('is a GET without a body', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      expect((await echo.asked('/', {}, { method })).status, method).toBe(405);
    }
    expect((await echo.asked('/', { 'content-length': '4' }, { body: 'body' })).status).toBe(413);
    expect((await echo.asked('/', { 'transfer-encoding': 'chunked' }, { body: 'body' })).status).toBe(413);
    expect((await echo.asked(`/${'a'.repeat(9000)}`)).status).toBe(414);
    expect((await echo.asked('/', { 'x-long': 'a'.repeat(20_000) })).status).toBe(431);
    expect((await echo.asked('//evil.example/')).status).toBe(400);
    expect((await echo.asked('http://evil.example/')).status).toBe(400);
    const head = await echo.asked('/', {}, { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });
});
