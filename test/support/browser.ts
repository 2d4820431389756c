import { request, type IncomingHttpHeaders } from 'node:http';
import { WebSocket as NodeSocket } from 'ws';
import { createClient } from '../../core/contract/client.ts';
import type { StudioClient } from '../../core/contract/contract.ts';
import { connectBySocket, type SocketTransport } from '../../renderer/transport/web-socket.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpQuestion {
  readonly path: string;
  readonly method?: string;
  /** As they are sent; "host" too may be anything. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request as it is given, with nothing that a browser would put right. */
export function ask(
  port: number,
  { path, method = 'GET', headers, body }: HttpQuestion,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The cookie that an address with a token gives. */
export async function cookieOf(url: string): Promise<string> {
  const { port, search } = new URL(url);
  const { headers } = await ask(Number(port), { path: `/${search}` });
  const cookie = headers['set-cookie']?.[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`${url} gave no cookie.`);
  return cookie;
}

/** A window of the studio without pictures: it comes by the address with the token, and then calls by the contract. */
export interface BrowserWindow {
  readonly studio: StudioClient;
  readonly transport: SocketTransport;
  /** A picture or document, with the window's cookie. */
  get(path: string): Promise<HttpAnswer>;
  close(): void;
}

export async function openWindow(url: string): Promise<BrowserWindow> {
  const { origin, port } = new URL(url);
  const cookie = await cookieOf(url);
  const get = (path: string): Promise<HttpAnswer> => ask(Number(port), { path, headers: { cookie } });
  const transport = connectBySocket(origin, {
    // The client of ws has all that the window's transport uses of a browser's.
    openSocket: (address) => new NodeSocket(address, { headers: { cookie, origin } }) as unknown as WebSocket,
    statusOf: async (address) => (await get(new URL(address).pathname)).status,
  });
  return { studio: createClient(transport), transport, get, close: () => transport.close() };
}
