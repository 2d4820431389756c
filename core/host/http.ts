import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { StudioError, systemCodeOf } from '../base/studio-error.ts';
import type { Studio } from '../studio/service/studio.ts';
import { createAccess } from './http/access.ts';
import { serveConnection, type Connection } from './http/connection.ts';
import {
  bracketed,
  EVERY_ADDRESS,
  isLoopback,
  isOwnOrigin,
  namesOf,
  refusalOf,
} from './http/request-checks.ts';
import {
  failureResponse,
  fileResponse,
  HEADERS_EVERYWHERE,
  refusalResponse,
  resourceResponse,
  strangerResponse,
  welcomeResponse,
  type HttpResponse,
} from './http/responses.ts';
import { readStaticFile } from './http/static-files.ts';
import { limitStrangers } from './http/strangers.ts';

export interface HostOptions {
  readonly studio: Studio;
  /** The built window. */
  readonly rendererFolder: string;
  /** "127.0.0.1", "localhost" or "::1" for this machine alone. */
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The address changed: its token was used from afar. */
  readonly onNewUrl: (url: string) => void;
  /** What went wrong inside; whoever asked was told that it did. */
  readonly onFault: (error: unknown) => void;
}

/** The studio for a browser. */
export interface Host {
  /** With the token that opens it. */
  url(): string;
  readonly port: number;
  /** Answers nothing any more. The studio is left open. */
  close(): Promise<void>;
}

/** Path of the WebSocket. */
const SOCKET_PATH = '/studio';

const LIMITS = {
  /** Of all headers of a request together, and of its first line. */
  headerBytes: 16 * 1024,
  /** Until the headers of a request are there, and the whole of it. */
  headersMs: 10_000,
  requestMs: 20_000,
  /** Of silence on a connection that is no WebSocket. */
  idleMs: 60_000,
  keepAliveMs: 10_000,
  strangers: 200,
  windows: 50,
  /** Of one message: 100,000 image ids and room. */
  messageBytes: 2 * 1024 * 1024,
  heartbeatMs: 30_000,
  /** For goodbyes to leave; whoever does not answer them is not waited for. */
  farewellMs: 100,
} as const;

/** Codes of RFC 6455, 7.4.1, and of its registry. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/**
 * Serves the built window, the contract over a WebSocket, and pictures and reports by URL. What it lets nobody do is in
 * docs/security.md.
 *
 * @throws StudioError "busy" where the port is taken, "bad-usage" where the address is none of this machine's
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { studio, address, onFault } = options;
  const names = namesOf(address);
  const access = createAccess(() => options.onNewUrl(url()));
  const connections = new Map<WebSocket, Connection>();

  const server = createServer(
    {
      maxHeaderSize: LIMITS.headerBytes,
      headersTimeout: LIMITS.headersMs,
      requestTimeout: LIMITS.requestMs,
      keepAliveTimeout: LIMITS.keepAliveMs,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      void answer(request)
        .catch((error: unknown) => {
          if (!(error instanceof StudioError)) onFault(error);
          return failureResponse(error);
        })
        .then(({ status, headers, body }) => {
          const length = { 'Content-Length': Buffer.byteLength(body) };
          response.writeHead(status, { ...HEADERS_EVERYWHERE, ...headers, ...length });
          response.end(body);
        });
    },
  );
  server.timeout = LIMITS.idleMs;
  const isLetIn = limitStrangers(server, LIMITS.strangers);

  const answer = async (request: IncomingMessage): Promise<HttpResponse> => {
    const refusal = refusalOf(request, names);
    if (refusal) return refusalResponse(refusal);
    const { url: target = '/', headers } = request;
    const host = headers.host ?? '';
    const path = target.split('?', 1)[0];
    const token = path === '/' ? new URLSearchParams(target.slice(2)).get('token') : null;
    if (token !== null) {
      const cookie = access.admit(token, { isLocal: isLoopback(request.socket.remoteAddress), host });
      return cookie === undefined ? strangerResponse() : welcomeResponse(cookie);
    }
    if (!access.isAdmitted(headers.cookie, host)) return strangerResponse();
    isLetIn(request.socket);
    if (/^\/(pictures|reports)\//.test(path)) return resourceResponse(await studio.resource(target));
    const file = await readStaticFile(options.rendererFolder, path);
    return file ? fileResponse(file) : refusalResponse({ status: 404, text: 'There is nothing here.' });
  };

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const upgradeRefusal = (request: IncomingMessage): number | undefined => {
    const { headers, url: target } = request;
    const refusal = refusalOf(request, names);
    if (refusal) return refusal.status;
    if (target !== SOCKET_PATH) return 404;
    if (!isOwnOrigin(headers.origin, headers.host)) return 403;
    return access.isAdmitted(headers.cookie, headers.host ?? '') ? undefined : 401;
  };
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Nobody else listens for the errors of a stream that has left the server.
    stream.on('error', () => stream.destroy());
    const status = upgradeRefusal(request);
    if (status !== undefined) {
      const reason = STATUS_CODES[status] ?? '';
      stream.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    isLetIn(stream);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      if (connections.size >= LIMITS.windows) {
        socket.close(TRY_AGAIN_LATER, 'Too many windows are open.');
        return;
      }
      connections.set(socket, serveConnection(socket, studio, onFault));
      socket.on('close', () => connections.delete(socket));
    });
  });

  const heartbeat = setInterval(() => {
    for (const [socket, connection] of connections) if (!connection.isAlive()) socket.terminate();
  }, LIMITS.heartbeatMs);
  const unsubscribe = studio.subscribe((event) => {
    if (connections.size === 0) return;
    const push = { event, text: JSON.stringify({ event }) };
    for (const connection of connections.values()) connection.push(push);
  });
  const stopTelling = (): void => {
    clearInterval(heartbeat);
    unsubscribe();
  };
  const close = async (): Promise<void> => {
    stopTelling();
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    for (const socket of connections.keys()) socket.close(GOING_AWAY, 'The studio was stopped.');
    if (connections.size > 0) await new Promise((resolve) => setTimeout(resolve, LIMITS.farewellMs));
    for (const socket of connections.keys()) socket.terminate();
    server.closeAllConnections();
    await closed;
  };

  const url = (): string => {
    const name = EVERY_ADDRESS.includes(address) ? '127.0.0.1' : address;
    return `http://${bracketed(name)}:${port}/?token=${access.token()}`;
  };
  const port = await listen(server, options).catch((error: unknown) => {
    stopTelling();
    throw error;
  });
  return { url, port, close };
}

/** The port that was taken. */
function listen(server: Server, { address, port, onFault }: HostOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, address, port)));
    server.listen(port, address.replace(/^\[|\]$/g, ''), () => {
      // From here on: a connection that could not be taken, as when too many files are open.
      server.removeAllListeners('error').on('error', onFault);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function explain(error: Error, address: string, port: number): Error {
  const code = systemCodeOf(error);
  const details = { address, port };
  if (code === 'EADDRINUSE') {
    return new StudioError('busy', `Port ${port} of ${address} is taken by another program.`, {
      remedy: 'Name another one with --port, or leave it out.',
      details,
      cause: error,
    });
  }
  if (code === 'EACCES') {
    return new StudioError('bad-usage', `Port ${port} may not be used by you.`, {
      remedy: 'Name one above 1023 with --port.',
      details,
      cause: error,
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StudioError('bad-usage', `${address} is no address of this machine.`, {
      remedy: 'Leave --host out to serve this machine alone, or name one of its own addresses.',
      details,
      cause: error,
    });
  }
  return error;
}
