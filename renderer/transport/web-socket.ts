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
  onConnection(listener: (state: ConnectionState) => void): () => void;
}

interface PendingCall {
  readonly name: OperationName;
  readonly text: string;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
  wasSent: boolean;
}

/** The studio by the WebSocket of the host at an address. Connects, and connects again for as long as the page lives. */
export function connectBySocket({ protocol, host }: Pick<Location, 'protocol' | 'host'>): SocketTransport {
  const address = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/studio`;
  const calls = new Map<number, PendingCall>();
  const listeners = new Set<StudioListener>();
  const reconnectListeners = new Set<() => void>();
  const stateListeners = new Set<(state: ConnectionState) => void>();
  let state: ConnectionState = 'connecting';
  let socket: WebSocket | undefined;
  let failures = 0;
  let nextId = 0;

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
  const connect = (): void => {
    const opened = new WebSocket(address);
    socket = opened;
    opened.addEventListener('open', () => {
      const isAgain = state !== 'connecting';
      failures = 0;
      setState('open');
      for (const call of calls.values()) send(opened, call);
      if (isAgain) for (const listener of reconnectListeners) listener();
    });
    opened.addEventListener('message', ({ data }) =>
      receive(studioMessageSchema.parse(JSON.parse(String(data)))),
    );
    opened.addEventListener('close', () => {
      giveUpActions(calls);
      setTimeout(connect, nextDelayMs(failures, Math.random()));
      failures += 1;
      // A browser does not tell why a WebSocket could not be opened; a plain request does.
      void isKnownTo(`${protocol}//${host}/`).then((isKnown) => {
        if (socket === opened && opened.readyState === WebSocket.CLOSED) {
          setState(isKnown ? 'lost' : 'refused');
        }
      });
    });
  };
  connect();

  return {
    call: (name, input) =>
      new Promise((resolve, reject) => {
        const id = nextId;
        nextId += 1;
        const call = { name, text: JSON.stringify({ id, name, input }), resolve, reject, wasSent: false };
        calls.set(id, call);
        if (socket?.readyState === WebSocket.OPEN) send(socket, call);
      }),
    subscribe: (listener) => added(listeners, listener),
    onReconnect: (listener) => added(reconnectListeners, listener),
    onConnection(listener) {
      listener(state);
      return added(stateListeners, listener);
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
function giveUpActions(calls: Map<number, PendingCall>): void {
  for (const [id, { name, wasSent, reject }] of calls) {
    const { kind, title } = operationOf(name);
    if (!wasSent || kind === 'query') continue;
    calls.delete(id);
    reject(
      fromFailure({
        code: 'busy',
        message: `${title}: the connection to the studio was lost before it answered.`,
        remedy: 'It may have been done all the same: look before you do it again.',
        details: { operation: name },
        cause: null,
      }),
    );
  }
}

/** False only where the host answers that it does not know this window. */
async function isKnownTo(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url, { method: 'HEAD', cache: 'no-store' });
    return status !== 401;
  } catch {
    return true;
  }
}

function added<Item>(set: Set<Item>, item: Item): () => void {
  set.add(item);
  return () => void set.delete(item);
}
