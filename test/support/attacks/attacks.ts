import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Random } from '../../../core/base/random.ts';
import { ask } from '../browser.ts';
import { NASTY_PATHS } from '../nasty-paths.ts';
import { connectRaw, sayRaw, statusesOf, type RawConnection } from './raw.ts';

/** A running host, and the cookie of somebody who was let in. */
export interface Target {
  readonly port: number;
  readonly cookie: string;
  readonly random: Random;
}

export interface AttackResult {
  readonly tries: number;
  /** Tries that got what they should not have: a page, a picture, an open WebSocket, an answer. */
  readonly gotIn: readonly string[];
}

export interface Attack {
  readonly name: string;
  /** @param size how often, or how many at once */
  readonly run: (target: Target, size: number) => Promise<AttackResult>;
}

const own = (port: number): string => `http://127.0.0.1:${port}`;

/** Whoever comes without the right token or cookie. */
const wrongTokens: Attack = {
  name: 'wrong tokens and cookies',
  async run({ port, cookie, random }, size) {
    const gotIn: string[] = [];
    const [name, secret] = cookie.split('=');
    const guesses = (): string[] => [
      '',
      '%00',
      '*',
      "' OR 1=1 --",
      'null',
      'undefined',
      '[object Object]',
      secret,
      secret.slice(0, -1),
      randomBytes(32).toString('base64url'),
      'a'.repeat(random.integer(8000)),
    ];
    const all = Array.from({ length: Math.ceil(size / 22) }, guesses).flat();
    for (const guess of all) {
      const byToken = await ask(port, { path: `/?token=${encodeURIComponent(guess)}` });
      if (byToken.status < 400 || byToken.headers['set-cookie']) gotIn.push(`token ${guess}`);
      if (guess === secret) continue;
      const byCookie = await ask(port, {
        path: '/',
        headers: { cookie: `${name}=${encodeURIComponent(guess)}` },
      });
      if (byCookie.status < 400) gotIn.push(`cookie ${guess}`);
    }
    return { tries: 2 * all.length, gotIn };
  },
};

const wrongOrigins: Attack = {
  name: 'pages of other sites, with the right cookie',
  async run({ port, cookie }) {
    const origins = [
      'http://evil.example',
      'https://evil.example',
      'null',
      '',
      `http://localhost:${port}`,
      'http://127.0.0.1',
      'http://127.0.0.1:1',
      `http://127.0.0.1:${port}.evil.example`,
      `http://127.0.0.1:${port}@evil.example`,
      `http://evil.example/127.0.0.1:${port}`,
      `file://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}/`,
      `HTTP://127.0.0.1:${port}`,
      `http://127.0.0.1:${port} http://evil.example`,
    ];
    const gotIn: string[] = [];
    for (const origin of origins) {
      if (await opens(port, { cookie, origin })) gotIn.push(`WebSocket from "${origin}"`);
      const { status } = await ask(port, { path: '/pictures/images/1', headers: { cookie, origin } });
      if (status !== 403) gotIn.push(`picture from "${origin}": ${status}`);
    }
    if (await opens(port, { cookie })) gotIn.push('WebSocket without an origin');
    return { tries: 2 * origins.length + 1, gotIn };
  },
};

/** Names that an attacker's own server can make resolve to this machine, and headers that want to be read twice. */
const rebinding: Attack = {
  name: 'DNS rebinding and odd Host headers',
  async run({ port, cookie }) {
    const hosts = [
      'Host: evil.example',
      `Host: evil.example:${port}`,
      `Host: localhost.evil.example:${port}`,
      `Host: 127.0.0.1.nip.io:${port}`,
      `Host: 127.0.0.1@evil.example`,
      `Host: evil.example#127.0.0.1`,
      `Host: evil.example/127.0.0.1`,
      'Host: 2130706433',
      'Host: 0x7f000001',
      'Host: 127.1',
      'Host: 0.0.0.0',
      'Host: [::ffff:127.0.0.1]',
      'Host: localhost.',
      'Host: xn--lcalhost-93a',
      'Host:',
      'Host: ,',
      'X-Forwarded-Host: localhost',
      'Host: evil.example\r\nHost: localhost',
      'Host: localhost\r\nHost: evil.example',
      'Host: evil.example\r\nX-Forwarded-Host: localhost',
      'Host: evil.example\r\nForwarded: host=localhost',
    ];
    const gotIn: string[] = [];
    for (const host of hosts) {
      const answered = await sayRaw(
        port,
        `GET / HTTP/1.1\r\n${host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
      );
      if (statusesOf(answered).some((status) => status < 400)) gotIn.push(host);
    }
    const absolute = `GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`;
    if (statusesOf(await sayRaw(port, absolute)).some((status) => status < 400)) gotIn.push('absolute form');
    const old = `GET / HTTP/1.0\r\nCookie: ${cookie}\r\n\r\n`;
    if (statusesOf(await sayRaw(port, old)).some((status) => status < 400))
      gotIn.push('HTTP/1.0 without a host');
    return { tries: hosts.length + 2, gotIn };
  },
};

/** Files outside of the build, by somebody who is let in: not even they get any. */
const traversal: Attack = {
  name: 'path traversal',
  async run({ port, cookie }) {
    const gotIn: string[] = [];
    const paths = [
      ...NASTY_PATHS,
      ...NASTY_PATHS.flatMap((path) => [
        `/assets${path}`,
        `/pictures${path}`,
        `/pictures/images${path}`,
        `/reports${path}`,
      ]),
    ];
    for (const path of paths) {
      // As bytes, so that nothing is encoded or put right on the way.
      const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`;
      const answered = await sayRaw(port, Buffer.from(head, 'utf8'));
      const statuses = statusesOf(answered);
      if (statuses.length === 0 || statuses.some((status) => status < 400)) gotIn.push(path);
      if (/root:.*:0:0:|secret/.test(answered.split('\r\n\r\n')[1] ?? '')) gotIn.push(`content of ${path}`);
    }
    return { tries: paths.length, gotIn };
  },
};

const oversized: Attack = {
  name: 'oversized addresses, headers, bodies and frames',
  async run({ port, cookie }, size) {
    const gotIn: string[] = [];
    const long = 'a'.repeat(64 * 1024);
    const requests = [
      `GET /${long} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`,
      `GET /?token=${long} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${long}\r\nCookie: ${cookie}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}; ${long}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n${'X: y\r\n'.repeat(10_000)}\r\n`,
      `${long} / HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      `POST / HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nContent-Length: 1000000000\r\n\r\n${long}`,
      `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nContent-Length: 1000000000\r\n\r\n${long}`,
      `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n${long}`,
    ];
    for (const request of requests) {
      const statuses = statusesOf(await sayRaw(port, request));
      if (statuses.some((status) => status < 400)) gotIn.push(request.slice(0, 40));
    }
    for (let count = 0; count < size; count++) {
      const socket = await open(port, { cookie, origin: own(port) });
      if (!socket) return { tries: count, gotIn: ['could not open a window'] };
      socket.send('x'.repeat(3 * 1024 * 1024));
      const code = await new Promise<number>((resolve) => socket.once('close', resolve));
      if (code !== 1009 && code !== 1006) gotIn.push(`frame: ${code}`);
    }
    return { tries: requests.length + size, gotIn };
  },
};

/** What is no HTTP, or tries to be two requests in one. */
const brokenHttp: Attack = {
  name: 'broken and smuggled HTTP',
  async run({ port, cookie, random }, size) {
    const gotIn: string[] = [];
    const inner = `GET /pictures/images/1 HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const head = `GET / HTTP/1.1\r\nHost: localhost\r\n`;
    const requests: (string | Uint8Array)[] = [
      `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      `${head}Content-Length: ${inner.length}\r\n\r\n${inner}`,
      `${head}Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
      `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
      `${head}Content-Length: +5\r\n\r\n${inner}`,
      `${head}Cookie: ${cookie}\nX: \0\r\n\r\n`,
      `GET / HTTP/9.9\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`,
      `GET /\r\n`,
      `GET\t/\tHTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`,
      `CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`,
      `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
      `OPTIONS * HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`,
      Buffer.from('16030100', 'hex'),
      ...Array.from({ length: size }, () => randomBytes(1 + random.integer(4000))),
    ];
    for (const request of requests) {
      const statuses = statusesOf(await sayRaw(port, request, 100));
      if (statuses.some((status) => status < 400)) gotIn.push(String(request).slice(0, 60));
    }
    return { tries: requests.length, gotIn };
  },
};

/** What is no call, from somebody who is let in: they are cut off, and nobody else notices. */
const malformedMessages: Attack = {
  name: 'malformed messages',
  async run({ port, cookie, random }, size) {
    const gotIn: string[] = [];
    const call = '{"id":1,"name":"library.current","input":{}}';
    const make = [
      () => call.slice(0, random.integer(call.length)),
      () => mutated(call, random),
      () => randomBytes(1 + random.integer(500)).toString('latin1'),
      () => JSON.stringify({ id: random.integer(100), name: '__proto__.constructor', input: {} }),
      () => JSON.stringify({ id: 1, name: 'library.constructor', input: {} }),
      () => '{"id":1,"name":"settings.set","input":{"__proto__":{"polluted":true}}}',
      () => `{"id":1,"name":"library.open","input":${'['.repeat(1 + random.integer(20_000))}}`,
      () => `{"id":${'9'.repeat(400)},"name":"jobs.list","input":{}}`,
      () => '\u0000',
      () => '',
    ];
    let socket: WebSocket | undefined;
    for (let count = 0; count < size; count++) {
      if (socket?.readyState !== WebSocket.OPEN) socket = await open(port, { cookie, origin: own(port) });
      if (!socket) return { tries: count, gotIn: ['could not open a window'] };
      socket.send(make[count % make.length]());
      // Each is read, since the first that is no call ends the connection.
      await settled(socket);
    }
    socket?.terminate();
    if ('polluted' in {}) gotIn.push('prototype of all objects');
    return { tries: size, gotIn };
  },
};

/** Frames that RFC 6455 forbids, on a connection that was let in. */
const brokenFrames: Attack = {
  name: 'broken WebSocket frames',
  async run({ port, cookie, random }, size) {
    const gotIn: string[] = [];
    const frames: readonly string[] = [
      '8105' + '48656c6c6f', // Not masked.
      'c185' + '00000000' + '48656c6c6f', // A reserved bit.
      '8385' + '00000000' + '48656c6c6f', // A reserved kind.
      '81ff' + '7fffffffffffffff' + '00000000', // 2^63 bytes are to come.
      '81ff' + '0000000000400000' + '00000000', // More than is taken.
      '0185' + '00000000' + '48656c6c6f' + '8185' + '00000000' + '48656c6c6f', // A new message within one.
      '8085' + '00000000' + '48656c6c6f', // The rest of nothing.
      '89fe' + '0200' + '00000000' + '00'.repeat(512), // A ping that is too long.
      '8182' + '00000000' + 'c328', // No UTF-8.
      '8881' + '00000000' + '00', // A close with half a code.
    ];
    const all = [
      ...frames,
      ...Array.from({ length: size }, () => randomBytes(2 + random.integer(200)).toString('hex')),
    ];
    for (const frame of all) {
      const connection = await upgraded(port, cookie);
      if (!connection.answered().startsWith('HTTP/1.1 101')) gotIn.push('could not open a window');
      connection.socket.write(Buffer.from(frame, 'hex'));
      if (frames.includes(frame) && !(await connection.closedWithin(2000))) gotIn.push(frame);
      connection.destroy();
    }
    return { tries: all.length, gotIn };
  },
};

/** Many who speak a byte at a time and never come to an end. Others are answered all the while. */
const slowLoris: Attack = {
  name: 'slow requests',
  async run({ port, cookie }, size) {
    const gotIn: string[] = [];
    const slow: RawConnection[] = [];
    while (slow.length < size) slow.push(await connectRaw(port));
    for (let turn = 0; turn < 5; turn++) {
      for (const { socket } of slow)
        socket.write(turn === 0 ? 'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' : 'a');
      const others = await statusOf(port, cookie);
      if (others !== 200) gotIn.push(`others get ${others}`);
    }
    for (const connection of slow) connection.destroy();
    return { tries: size, gotIn };
  },
};

/** More connections and windows than are let in; when they are gone, all is as before. */
const manyConnections: Attack = {
  name: 'many connections and windows',
  async run({ port, cookie }, size) {
    const idle = await Promise.all(Array.from({ length: size }, () => connectRaw(port)));
    const others = await statusOf(port, cookie);
    for (const connection of idle) connection.destroy();
    const windows = await Promise.all(
      Array.from({ length: 80 }, () => open(port, { cookie, origin: own(port) })),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const left = windows.filter((window) => window?.readyState === WebSocket.OPEN).length;
    for (const window of windows) window?.terminate();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const gotIn = left <= 50 ? [] : [`${left} windows at once`];
    return { tries: size + 80, gotIn: others === 200 ? gotIn : [...gotIn, `others get ${others}`] };
  },
};

export const attacks: readonly Attack[] = [
  wrongTokens,
  wrongOrigins,
  rebinding,
  traversal,
  oversized,
  brokenHttp,
  malformedMessages,
  brokenFrames,
  slowLoris,
  manyConnections,
];

/** What somebody who is let in gets; 0 where they are cut off. */
async function statusOf(port: number, cookie: string): Promise<number> {
  const answer = await ask(port, { path: '/', headers: { cookie } }).catch(() => undefined);
  return answer?.status ?? 0;
}

async function opens(port: number, headers: Readonly<Record<string, string>>): Promise<boolean> {
  const socket = await open(port, headers);
  socket?.terminate();
  return socket !== undefined;
}

function open(port: number, headers: Readonly<Record<string, string>>): Promise<WebSocket | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/studio`, { headers });
    socket.on('error', () => resolve(undefined));
    socket.once('open', () => resolve(socket));
  });
}

/** Until the host has read all that was sent: it answers a ping, or has closed. */
function settled(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== WebSocket.OPEN) {
      resolve();
      return;
    }
    socket.once('pong', () => resolve());
    socket.once('close', () => resolve());
    socket.ping();
  });
}

async function upgraded(port: number, cookie: string): Promise<RawConnection> {
  const connection = await connectRaw(port);
  connection.socket.write(
    [
      'GET /studio HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      `Origin: ${own(port)}`,
      `Cookie: ${cookie}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      '\r\n',
    ].join('\r\n'),
  );
  await new Promise((resolve) => connection.socket.once('data', resolve));
  return connection;
}

function mutated(text: string, random: Random): string {
  const at = random.integer(text.length);
  return text.slice(0, at) + String.fromCharCode(random.integer(256)) + text.slice(at + 1);
}
