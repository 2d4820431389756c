import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEchoHost, type EchoHost } from '../../../test/support/echo-host.ts';

let echo: EchoHost;
beforeAll(async () => {
  echo = await startEchoHost();
});
afterEach(() => void echo.faults.splice(0));
afterAll(() => echo[Symbol.asyncDispose]());

describe('what is served', () => {
  it('carries the headers that keep it in its place, and none that lets others read it', async () => {
    for (const path of ['/', '/nothing', '/pictures/images/1', '/pictures/images/404', '/reports/1/2.html']) {
      const { headers } = await echo.asked(path);
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
    const policy = (await echo.asked('/')).headers['content-security-policy'];
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
  });

  it('gives pictures as they are, and a report with its own policy', async () => {
    const picture = await echo.asked('/pictures/images/7?size=160');
    expect(picture.body.toString()).toBe('/pictures/images/7?size=160');
    expect(picture.headers['cache-control']).toBe('private, max-age=60');
    expect(picture.headers['content-security-policy']).toBe(
      "default-src 'none'; sandbox; frame-ancestors 'none'",
    );
    const report = await echo.asked('/reports/1/2.html');
    expect(report.headers['content-security-policy']).toMatch(
      /script-src 'sha256-[^']+'.*frame-ancestors 'self'/,
    );
  });

  it('says why a picture is not there, and keeps to itself what broke', async () => {
    const missing = await echo.asked('/pictures/images/404');
    expect([missing.status, JSON.parse(missing.body.toString())]).toMatchObject([
      404,
      { code: 'not-found', message: 'No such image.' },
    ]);
    expect(echo.faults).toEqual([]);
    const broken = await echo.asked('/pictures/images/500');
    expect(broken.status).toBe(500);
    expect(broken.body.toString()).not.toContain('at ');
    expect(echo.faults).toHaveLength(1);
  });
});
