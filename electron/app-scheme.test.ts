import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StudioError } from '../core/base/studio-error.ts';
import { WINDOW_POLICY } from '../core/contract/content-security-policy.ts';
import { APP_SCHEME_PRIVILEGES, createSchemeHandler } from './app-scheme.ts';

const SECRET = 'what lies outside of the folder of the window';
const PICTURE = Uint8Array.from({ length: 100 }, (_, index) => index);

let folder: string;
let answer: ReturnType<typeof createSchemeHandler>;
const asked: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simgan-scheme-'));
  const window = join(folder, 'renderer');
  mkdirSync(join(window, 'assets'), { recursive: true });
  mkdirSync(join(folder, 'renderer-secret'));
  writeFileSync(join(window, 'index.html'), '<!doctype html><title>window</title>');
  writeFileSync(join(window, 'assets', 'app-1a2b.js'), 'export {};');
  writeFileSync(join(window, '.env.json'), SECRET);
  writeFileSync(join(window, 'key.pem'), SECRET);
  writeFileSync(join(folder, 'secret.txt'), SECRET);
  writeFileSync(join(folder, 'renderer-secret', 'secret.txt'), SECRET);
  symlinkSync(join(folder, 'secret.txt'), join(window, 'link.txt'));
  symlinkSync(folder, join(window, 'outside'));
  answer = createSchemeHandler(
    {
      resource(url) {
        asked.push(url);
        if (url.startsWith('/pictures/images/7')) {
          return Promise.resolve({ status: 200, type: 'image/png', body: PICTURE, maxAgeSeconds: 60 });
        }
        if (url.startsWith('/reports/')) {
          const body = Buffer.from('<!doctype html>');
          return Promise.resolve({ status: 200, type: 'text/html; charset=utf-8', body, maxAgeSeconds: 0 });
        }
        return Promise.reject(new StudioError('not-found', 'There is no such picture.', { remedy: 'None.' }));
      },
    },
    window,
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const get = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  answer({ method: 'GET', url, headers: new Headers(headers) });

/** Ways in that others have tried, on this scheme and on others. None may give what lies outside. */
const NASTY = [
  'simgan://studio/../secret.txt',
  'simgan://studio/..%2fsecret.txt',
  'simgan://studio/%2e%2e/secret.txt',
  'simgan://studio/%2e%2e%2fsecret.txt',
  'simgan://studio/%2E%2E%2Fsecret.txt',
  'simgan://studio/.%2e/secret.txt',
  'simgan://studio/%2e./secret.txt',
  'simgan://studio/%252e%252e%252fsecret.txt',
  'simgan://studio/%25252e%25252e/secret.txt',
  'simgan://studio/..\\secret.txt',
  'simgan://studio/..%5csecret.txt',
  'simgan://studio/%2e%2e%5csecret.txt',
  'simgan://studio/assets/../../secret.txt',
  'simgan://studio/assets/..%2f..%2fsecret.txt',
  'simgan://studio/assets/%2e%2e/%2e%2e/secret.txt',
  'simgan://studio/assets/....//....//secret.txt',
  'simgan://studio/assets/..;/..;/secret.txt',
  'simgan://studio/assets/..%00/..%00/secret.txt',
  'simgan://studio/index.html/../../secret.txt',
  'simgan://studio/index.html%00.txt',
  'simgan://studio/secret.txt%00index.html',
  'simgan://studio/../renderer-secret/secret.txt',
  'simgan://studio/..%2frenderer-secret%2fsecret.txt',
  'simgan://studio/link.txt',
  'simgan://studio/outside/secret.txt',
  'simgan://studio/outside/renderer-secret/secret.txt',
  'simgan://studio/.env.json',
  'simgan://studio/./.env.json',
  'simgan://studio/key.pem',
  'simgan://studio//etc/passwd',
  'simgan://studio///etc/passwd',
  'simgan://studio/%2fetc%2fpasswd',
  'simgan://studio/etc/passwd',
  'simgan://studio/C:/Windows/win.ini',
  'simgan://studio/C:%5cWindows%5cwin.ini',
  'simgan://studio/c$/Windows/win.ini',
  'simgan://studio/%5c%5cserver%5cshare%5csecret.txt',
  'simgan://studio/\\\\server\\share\\secret.txt',
  'simgan://studio/~/secret.txt',
  'simgan://studio/~root/secret.txt',
  'simgan://studio/$HOME/secret.txt',
  'simgan://studio/%24%7bHOME%7d/secret.txt',
  'simgan://studio/file:///etc/passwd',
  'simgan://studio/file:%2f%2f%2fetc%2fpasswd',
  'simgan://studio/secret.txt::$DATA',
  'simgan://studio/index.html::$DATA',
  'simgan://studio/CON',
  'simgan://studio/aux.txt',
  'simgan://studio/secret.txt.',
  'simgan://studio/secret.txt%20',
  'simgan://studio/\uff0e\uff0e/secret.txt',
  'simgan://studio/%c0%ae%c0%ae/secret.txt',
  'simgan://studio/%c0%ae%c0%ae%c0%afsecret.txt',
  'simgan://studio/%e0%80%ae%e0%80%ae/secret.txt',
  'simgan://studio/%uff0e%uff0e/secret.txt',
  'simgan://studio/..%u2215secret.txt',
  'simgan://studio/..%ef%bc%8fsecret.txt',
  'simgan://studio/%',
  'simgan://studio/%zz',
  'simgan://studio/%2',
  `simgan://studio/${'a/'.repeat(4000)}secret.txt`,
  `simgan://studio/${'../'.repeat(400)}etc/passwd`,
  `simgan://studio/${'x'.repeat(100_000)}`,
  'simgan://studio/assets',
  'simgan://studio/assets/',
  'simgan://studio/app.asar/package.json',
  'simgan://studio/../../package.json',
  'simgan://studio.example/index.html',
  'simgan://studio.example/secret.txt',
  'simgan://STUDIO%2eexample/secret.txt',
  'simgan://user@studio/secret.txt',
  'simgan://user:word@studio/index.html',
  'simgan://studio@elsewhere/secret.txt',
  'simgan://studio:80/index.html',
  'simgan://elsewhere/index.html',
  'simgan:///index.html',
  'simgan:index.html',
  'simgan:/index.html',
  'file:///etc/passwd',
  'file://studio/index.html',
  'http://studio/index.html',
  'https://studio/index.html',
  'simgan2://studio/index.html',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'not an address',
  '',
];

describe('the scheme of the program', () => {
  it('gives the page a secure origin of its own and no way around its policy', () => {
    expect(APP_SCHEME_PRIVILEGES).toEqual({
      scheme: 'simgan',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    });
  });

  it('serves the window with its policy', async () => {
    for (const url of ['simgan://studio/', 'simgan://studio/index.html', 'simgan://studio/?x=1#/data']) {
      const response = await get(url);
      expect(response.status, url).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('content-security-policy')).toBe(WINDOW_POLICY);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await response.text()).toContain('<title>window</title>');
    }
    const script = await get('simgan://studio/assets/app-1a2b.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toContain('immutable');
  });

  it(`gives nothing away at any of ${NASTY.length} nasty addresses`, async () => {
    expect(NASTY.length).toBeGreaterThanOrEqual(60);
    expect(new Set(NASTY).size).toBe(NASTY.length);
    for (const url of NASTY) {
      const response = await get(url);
      expect(response.status, url).toBe(404);
      expect(await response.text(), url).not.toContain(SECRET);
    }
    expect(asked).toEqual([]);
  });

  it('answers nothing but GET', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'get ']) {
      const response = await answer({ method, url: 'simgan://studio/', headers: new Headers() });
      expect(response.status, method).toBe(405);
    }
  });

  it('hands pictures to the studio as they were asked for, and never runs what is in them', async () => {
    const response = await get('simgan://studio/pictures/images/7?size=160');
    expect(asked.at(-1)).toBe('/pictures/images/7?size=160');
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(PICTURE);
    const report = await get('simgan://studio/reports/1/200.html');
    expect(report.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    expect(report.headers.get('content-security-policy')).not.toContain("script-src 'self'");
  });

  it('says that there is no picture, without an answer from elsewhere', async () => {
    const response = await get('simgan://studio/pictures/images/8?size=160');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not-found', message: 'There is no such picture.' });
  });

  it('sends the part of a picture that is asked for', async () => {
    const url = 'simgan://studio/pictures/images/7?size=full';
    const part = await get(url, { range: 'bytes=10-19' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 10-19/100');
    expect(part.headers.get('content-length')).toBe('10');
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(PICTURE.slice(10, 20));
    const tail = await get(url, { range: 'bytes=-5' });
    expect(new Uint8Array(await tail.arrayBuffer())).toEqual(PICTURE.slice(95));
    const beyond = await get(url, { range: 'bytes=100-' });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe('bytes */100');
    expect((await get(url)).headers.get('accept-ranges')).toBe('bytes');
  });
});
