import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../e2e/support/chromium.ts';
import { serveStudio, type ServedStudio } from '../support/served-studio.ts';

/** What the own page tries that its policy forbids, and what it may do. Each writes its name into the title when it works. */
const OWN_PAGE = {
  'index.html': `<!doctype html><title>Window</title>
    <body onload="document.title += ' handler'">
    <script>document.title += ' inline';</script>
    <script src="/own.js"></script>
    <script src="https://evil.example/x.js"></script>`,
  'own.js': `
    document.title += ' own';
    try { eval("document.title += ' eval'"); } catch {}
    const data = document.createElement('script');
    data.src = "data:text/javascript,document.title += ' data'";
    document.body.append(data);
    const style = document.createElement('style');
    style.textContent = 'body { color: red }';
    document.head.append(style);
    if (getComputedStyle(document.body).color === 'rgb(255, 0, 0)') document.title += ' style';
    window.tries = Promise.allSettled([
      fetch('https://evil.example/'),
      new Promise((open, fail) => {
        const socket = new WebSocket('wss://evil.example/');
        socket.onopen = open;
        socket.onerror = fail;
      }),
    ]).then((all) => all.map(({ status }) => status));`,
};

/** What another page of this very machine tries, with the cookie that the browser sends along to every port of it. */
const OTHER_PAGE = `<!doctype html><title>Other</title><script>
  const studio = new URLSearchParams(location.search).get('studio');
  const works = (start) => new Promise((resolve) => {
    start(() => resolve(true), () => resolve(false));
    setTimeout(() => resolve(false), 3000);
  });
  window.tries = (async () => ({
    socket: await works((yes, no) => {
      const socket = new WebSocket(studio.replace('http', 'ws') + '/studio');
      socket.onopen = yes;
      socket.onerror = no;
    }),
    read: await fetch(studio + '/', { credentials: 'include' }).then(() => true, () => false),
    blind: await fetch(studio + '/own.js', { credentials: 'include', mode: 'no-cors' }).then(() => true, () => false),
    script: await works((yes, no) => {
      const script = document.createElement('script');
      script.src = studio + '/own.js';
      script.onload = yes;
      script.onerror = no;
      document.body.append(script);
    }),
    picture: await works((yes, no) => {
      const picture = new Image();
      picture.src = studio + '/pictures/images/1';
      picture.onload = yes;
      picture.onerror = no;
    }),
    frame: await works((yes) => {
      const frame = document.createElement('iframe');
      frame.src = studio + '/';
      // Loaded also where it shows nothing but that it was refused.
      frame.onload = yes;
      document.body.append(frame);
    }),
  }))();
</script><body>`;

describe.skipIf(findChromium() === undefined)('a host, seen by a real browser', () => {
  let served: ServedStudio;
  let other: Server;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let origin: string;

  beforeAll(async () => {
    served = await serveStudio(OWN_PAGE);
    origin = new URL(served.host.url()).origin;
    other = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(OTHER_PAGE);
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const executablePath = findChromium() ?? '';
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser.close();
    other.close();
    await served[Symbol.asyncDispose]();
  });

  it('takes the token out of the address and leaves no script a cookie to read', async () => {
    await page.goto(served.host.url());
    expect(page.url()).toBe(`${origin}/`);
    expect(await page.evaluate('document.cookie')).toBe('');
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(await page.evaluate('history.length')).toBeLessThanOrEqual(2);
  });

  it('runs the scripts of its build and no others, and reaches nobody else', async () => {
    await page.goto(`${origin}/`);
    expect(await page.evaluate('window.tries')).toEqual(['rejected', 'rejected']);
    expect(await page.title()).toBe('Window own');
  });

  it('is closed to another page of this machine, to which the browser sends the cookie along', async () => {
    const { port } = other.address() as AddressInfo;
    const foreign = await context.newPage();
    const asked: string[] = [];
    foreign.on('response', (response) => {
      if (response.url().startsWith(origin))
        asked.push(`${response.status()} ${new URL(response.url()).pathname}`);
    });
    await foreign.goto(`http://127.0.0.1:${port}/?studio=${encodeURIComponent(origin)}`);
    const tries = await foreign.evaluate<Record<string, boolean>>('window.tries');
    expect(tries).toMatchObject({ socket: false, read: false, script: false, picture: false });
    // The picture and the frame, too: whatever the browser came to ask for was refused.
    expect(new Set(asked.map((line) => line.slice(0, 3)))).toEqual(new Set(['403']));
    await foreign.close();
  });

  it('opens for who follows the address with the token from another site, by one more step', async () => {
    const { port } = other.address() as AddressInfo;
    const fresh = await browser.newContext();
    const visitor = await fresh.newPage();
    await visitor.goto(`http://localhost:${port}/?studio=none`);
    await visitor.evaluate(`location.href = ${JSON.stringify(served.host.url())}`);
    await visitor.getByRole('link', { name: 'Open the studio' }).click();
    await visitor.waitForFunction("document.title.startsWith('Window')");
    await fresh.close();
  });
});
