import type { Transport } from '../../core/contract/client.ts';
import { operationOf, type OperationName } from '../../core/contract/contract.ts';
import type { StudioListener } from '../../core/contract/events.ts';
import { outputOf, studioMessageSchema, type StudioMessage } from '../../core/contract/messages.ts';
import { fromFailure } from '../../core/contract/studio-failure.ts';
import { nextDelayMs } from './back-off.ts';

/**
 * `connecting` at first, `open`, `lost` while it is tried again, `refused` where the host is there and does not know this
 * window: it was started anew, and its new address must be opened.
 */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused';

export interface SocketTransport extends Transport {
  /** Tells the state as it is and whenever it changes. Returns a function that ends the subscription. */
  onConnection(listener: (state: ConnectionState) => void): () => void;
  /** For good; whoever waits for an answer is told so. */
  close(): void;
}

/** What a browser can do; cookies and origin are its own affair. */
export interface Browser {
  openSocket(url: string): WebSocket;
  /** Status of a HEAD request. Rejects where nobody answers. */
  statusOf(url: string): Promise<number>;
}

interface PendingCall {
  readonly name: OperationName;
  readonly text: string;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
  wasSent: boolean;
}

const thisBrowser: Browser = {
  openSocket: (url) => new WebSocket(url),
  statusOf: async (url) => (await fetch(url, { method: 'HEAD', cache: 'no-store' })).status,
};

/**
 * The studio by the WebSocket of the host at an origin ("http://localhost:7420"). Connects, and connects again for as long
 * as the page lives. Calls made meanwhile wait.
 */
export function connectBySocket(origin: string, browser: Browser = thisBrowser): SocketTransport {
  const address = `${origin.replace(/^http/, 'ws')}/studio`;
  const calls = new Map<number, PendingCall>();
  const listeners = new Set<StudioListener>();
  const reconnectListeners = new Set<() => void>();
  const stateListeners = new Set<(state: ConnectionState) => void>();
  let state: ConnectionState = 'connecting';
  let wasOpen = false;
  let isOver = false;
  let failures = 0;
  let nextId = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const setState = (next: ConnectionState): void => {
    if (next === state) return;
    state = next;
    for (const listener of stateListeners) listener(next);
  };
  const receive = (message: StudioMessage): void => {
    if ('event' in message) {
      for (const listener of listeners) listener(message.event);
      return;
    }
    const call = calls.get(message.id);
    if (!call) return;
    calls.delete(message.id);
    try {
      call.resolve(outputOf(message));
    } catch (error) {
      call.reject(error);
    }
  };
  const connect = (): WebSocket => {
    const opened = browser.openSocket(address);
    opened.addEventListener('open', () => {
      failures = 0;
      setState('open');
      for (const call of calls.values()) send(opened, call);
      if (wasOpen) for (const listener of reconnectListeners) listener();
      wasOpen = true;
    });
    opened.addEventListener('message', ({ data }) =>
      receive(studioMessageSchema.parse(JSON.parse(String(data)))),
    );
    opened.addEventListener('close', () => {
      giveUp(calls, isOver ? () => true : isUnclear);
      if (isOver) return;
      const delayMs = nextDelayMs(failures, Math.random());
      failures += 1;
      retry = setTimeout(() => (socket = connect()), delayMs);
      // A browser does not tell why a WebSocket could not be opened; a plain request does.
      void isKnownTo(browser, origin).then((isKnown) => {
        if (socket === opened && !isOver) setState(isKnown ? 'lost' : 'refused');
      });
    });
    // What an error means is told by the close that follows it.
    opened.addEventListener('error', () => undefined);
    return opened;
  };
  let socket = connect();

  return {
    call: (name, input) =>
      new Promise((resolve, reject) => {
        const id = nextId;
        nextId += 1;
        const call = { name, text: JSON.stringify({ id, name, input }), resolve, reject, wasSent: false };
        calls.set(id, call);
        if (socket.readyState === socket.OPEN) send(socket, call);
      }),
    subscribe: (listener) => added(listeners, listener),
    onReconnect: (listener) => added(reconnectListeners, listener),
    onConnection(listener) {
      listener(state);
      return added(stateListeners, listener);
    },
    close() {
      isOver = true;
      clearTimeout(retry);
      giveUp(calls, () => true);
      socket.close();
    },
  };
}

function send(socket: WebSocket, call: PendingCall): void {
  call.wasSent = true;
  socket.send(call.text);
}

/**
 * Of a query that was not answered nothing is lost: it is asked again. Whether an action was done nobody knows, so it
 * is not done twice.
 */
function isUnclear({ name, wasSent }: PendingCall): boolean {
  return wasSent && operationOf(name).kind === 'action';
}

function giveUp(calls: Map<number, PendingCall>, isGivenUp: (call: PendingCall) => boolean): void {
  for (const [id, call] of calls) {
    if (!isGivenUp(call)) continue;
    calls.delete(id);
    call.reject(
      fromFailure({
        code: 'busy',
        message: `${operationOf(call.name).title}: the connection to the studio was lost before it answered.`,
        remedy: 'It may have been done all the same: look before you do it again.',
        details: { operation: call.name },
        cause: null,
      }),
    );
  }
}

/** False only where the host answers that it does not know this window. */
async function isKnownTo(browser: Browser, origin: string): Promise<boolean> {
  try {
    return (await browser.statusOf(`${origin}/`)) !== 401;
  } catch {
    return true;
  }
}

/** A listener may be given twice: each subscription is an entry of its own. */
function added<Told extends unknown[]>(
  set: Set<(...told: Told) => void>,
  listener: (...told: Told) => void,
): () => void {
  const entry = (...told: Told): void => listener(...told);
  set.add(entry);
  return () => void set.delete(entry);
}
