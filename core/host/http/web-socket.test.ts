import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { openWindow } from '../../../test/support/browser.ts';
import { startEchoHost, type EchoHost } from '../../../test/support/echo-host.ts';
import type { StudioEvent } from '../../contract/events.ts';
import { DEFAULT_SETTINGS } from '../../contract/operations/studio.ts';

let echo: EchoHost;
beforeAll(async () => {
  echo = await startEchoHost();
});
afterEach(() => void echo.faults.splice(0));
afterAll(() => echo[Symbol.asyncDispose]());

const metrics = (step: number): StudioEvent => ({ type: 'metrics', runId: 1, step });

/** As the own window opens it. */
async function open(): Promise<WebSocket> {
  const socket = await echo.openSocket({ cookie: echo.cookie, origin: echo.origin });
  onTestFinished(() => socket.terminate());
  return socket;
}

function closeCodeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.on('close', resolve));
}

describe('the WebSocket', () => {
  it('is opened by the own window alone', async () => {
    const refused: [headers: Record<string, string>, path?: string][] = [
      [{}],
      [{ origin: echo.origin }],
      [{ cookie: echo.cookie }],
      [{ cookie: echo.cookie, origin: 'null' }],
      [{ cookie: echo.cookie, origin: 'http://evil.example' }],
      [{ cookie: echo.cookie, origin: `http://localhost:${echo.host.port}` }],
      [{ cookie: echo.cookie, origin: `${echo.origin}.evil.example` }],
      [{ cookie: `${echo.cookie}x`, origin: echo.origin }],
      [{ cookie: echo.cookie, origin: 'http://evil.example', host: 'evil.example' }],
      [{ cookie: echo.cookie, origin: echo.origin }, '/'],
      [{ cookie: echo.cookie, origin: echo.origin }, '/studio/'],
    ];
    for (const [headers, path] of refused) {
      await expect(echo.openSocket(headers, path), JSON.stringify(headers)).rejects.toThrow(
        /Unexpected server response: 4/,
      );
    }
    expect((await open()).readyState).toBe(WebSocket.OPEN);
  });

  it('answers each call its own, and carries failures with their remedies', async () => {
    const window = await openWindow(echo.host.url());
    onTestFinished(() => window.close());
    const answers = await Promise.all([...Array(200).keys()].map((id) => window.studio.jobs.get({ id })));
    expect(answers).toEqual([...Array(200).keys()].map((id) => ({ name: 'jobs.get', input: { id } })));
    await expect(window.studio.library.open({ folder: '/x' })).rejects.toMatchObject({
      code: 'not-found',
      message: 'It is not there.',
      remedy: 'Look.',
      details: { folder: '/x' },
    });
    expect(echo.faults).toEqual([]);
    await expect(window.studio.library.close({})).rejects.toThrow('a fault');
    expect(echo.faults).toHaveLength(1);
  });

  it('tells every window the same', async () => {
    const windows = await Promise.all([openWindow(echo.host.url()), openWindow(echo.host.url())]);
    const told = windows.map((): StudioEvent[] => []);
    windows.forEach((window, index) => window.studio.subscribe((event) => told[index].push(event)));
    await Promise.all(windows.map((window) => window.studio.jobs.list({})));
    const events: StudioEvent[] = [metrics(1), metrics(2), { type: 'settings', settings: DEFAULT_SETTINGS }];
    events.forEach((event) => echo.publish(event));
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
    const socket = await open();
    socket.send(message);
    expect(await closeCodeOf(socket)).toBe(code);
    expect((await echo.asked('/')).status).toBe(200);
  });

  it('reads a flood more slowly, works on few calls at once, and answers all in their order', async () => {
    const socket = await open();
    const answered: number[] = [];
    const done = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        answered.push((JSON.parse(data.toString()) as { id: number }).id);
        if (answered.length === 1300) resolve();
      });
    });
    const startMs = performance.now();
    echo.calls.most = 0;
    for (let id = 0; id < 1300; id++) socket.send(JSON.stringify({ id, name: 'jobs.list', input: {} }));
    await done;
    expect(answered).toEqual([...Array(1300).keys()]);
    // The 300 beyond the first 1,000 take a second, whatever the machine.
    expect(performance.now() - startMs).toBeGreaterThan(900);
    expect(echo.calls.most).toBeLessThanOrEqual(32);
  });

  it('keeps for a reader that does not read only the last of each thing, and the order of what it keeps', async () => {
    const socket = await open();
    const events: StudioEvent[] = [];
    socket.pause();
    const big = 'x'.repeat(100_000);
    const log = (number: number): StudioEvent => ({
      type: 'log',
      entry: { number, at: '2026-01-01T00:00:00Z', level: 'info', source: 'test', text: big },
    });
    for (let step = 1; step <= 500; step++) {
      echo.publish(log(step));
      echo.publish(metrics(step));
    }
    echo.publish({ type: 'run-removed', runId: 1 });
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
