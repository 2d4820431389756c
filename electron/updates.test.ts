import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUpdateChecks, newerVersion, type PublishedVersion, type UpdateParts } from './updates.ts';

const published: PublishedVersion = { version: '1.10.0', summary: 'Faster.', page: 'https://github.com/x/y' };

describe('the published version', () => {
  let server: Server;
  let answer: { status: number; body: string; location?: string };
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/version.json`;

  beforeAll(async () => {
    server = createServer((request, response) => {
      expect(request.headers.cookie).toBeUndefined();
      response.writeHead(answer.status, answer.location === undefined ? {} : { Location: answer.location });
      response.end(answer.body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  it.each([
    ['1.9.9', true],
    ['1.2.30', true],
    ['0.99.99', true],
    ['1.10.0', false],
    ['1.10.1', false],
    ['2.0.0', false],
  ])('is newer than %s: %s', async (own, isNewer) => {
    answer = { status: 200, body: JSON.stringify(published) };
    expect(await newerVersion(address(), own)).toEqual(isNewer ? published : undefined);
  });

  it.each([
    ['not JSON', { status: 200, body: '<html>' }],
    ['no version', { status: 200, body: JSON.stringify({ ...published, version: 'newest' }) }],
    [
      'a page that is not https',
      { status: 200, body: JSON.stringify({ ...published, page: 'file:///tool' }) },
    ],
    ['a page that runs', { status: 200, body: JSON.stringify({ ...published, page: 'javascript:1' }) }],
    ['an error', { status: 404, body: '' }],
    ['a way elsewhere', { status: 302, body: '', location: 'http://127.0.0.1:1/' }],
    ['too much', { status: 200, body: JSON.stringify({ ...published, more: 'x'.repeat(20_000) }) }],
  ])('is not believed where there is %s', async (_, given) => {
    answer = given;
    await expect(newerVersion(address(), '1.0.0')).rejects.toThrow();
  });
});

describe('checking', () => {
  function checks(changes: Partial<UpdateParts> = {}) {
    const state = { ms: 0, wanted: true, busy: false, checked: 0, told: [] as string[], faults: 0 };
    const tick = createUpdateChecks({
      now: () => state.ms,
      isWanted: () => state.wanted,
      isBusy: () => state.busy,
      check: () => {
        state.checked++;
        return Promise.resolve(published);
      },
      tell: ({ version }) => state.told.push(version),
      onFault: () => state.faults++,
      ...changes,
    });
    return { state, tick };
  }
  const DAY_MS = 24 * 3600 * 1000;

  it('asks once a day, and tells of a version once', async () => {
    const { state, tick } = checks();
    for (state.ms = 0; state.ms < 3 * DAY_MS; state.ms += DAY_MS / 24) await tick();
    expect(state).toMatchObject({ checked: 3, told: ['1.10.0'], faults: 0 });
  });

  it('asks nothing unless it is turned on, and nothing while a job is at work', async () => {
    const { state, tick } = checks();
    state.wanted = false;
    await tick();
    state.wanted = true;
    state.busy = true;
    await tick();
    expect(state.checked).toBe(0);
    state.busy = false;
    await tick();
    expect(state.checked).toBe(1);
  });

  it('goes on after a failure, the next day', async () => {
    const { state, tick } = checks({ check: () => Promise.reject(new Error('no net')) });
    await tick();
    await tick();
    state.ms = DAY_MS;
    await tick();
    expect(state.faults).toBe(2);
  });
});
