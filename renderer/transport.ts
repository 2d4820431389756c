import type { StudioBridge } from '../core/contract/bridge.ts';
import { clientOfBridge } from '../core/contract/bridge.ts';
import { createClient } from '../core/contract/client.ts';
import type { StudioClient } from '../core/contract/contract.ts';
import { connectBySocket, type ConnectionState } from './transport/web-socket.ts';

/**
 * The one place that knows which road leads to the studio: the bridge of Electron's preload where there is one, else the
 * WebSocket of the host that served this page. Everybody else uses `window.studio`.
 */
interface Road {
  readonly client: StudioClient;
  /** Tells the state as it is and whenever it changes. Returns a function that ends the subscription. */
  readonly onConnection: (listener: (state: ConnectionState) => void) => () => void;
}

function chooseRoad(): Road {
  const { studioBridge } = window as { readonly studioBridge?: StudioBridge };
  if (studioBridge) {
    return {
      client: clientOfBridge(studioBridge),
      onConnection(listener) {
        listener('open');
        return () => undefined;
      },
    };
  }
  const transport = connectBySocket(location.origin);
  return { client: createClient(transport), onConnection: (listener) => transport.onConnection(listener) };
}

const road = chooseRoad();
Object.defineProperty(window, 'studio', { value: road.client });

/** For the banner that says that the studio cannot be reached. */
export const onConnection = road.onConnection;
export type { ConnectionState };
