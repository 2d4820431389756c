import { createClient } from './client.ts';
import type { Contract, Domain, StudioClient } from './contract.ts';
import type { StudioListener } from './events.ts';
import { outputOf, type Reply } from './messages.ts';

type BridgeMethod = (input: unknown) => Promise<Reply>;

/**
 * What Electron's preload gives the window as `window.studioBridge`: one method per operation. Its methods reply instead
 * of throwing, since of an error that crosses the context bridge only the message is left.
 */
export type StudioBridge = {
  readonly [D in Domain]: Readonly<Record<keyof Contract[D] & string, BridgeMethod>>;
} & { readonly subscribe: (listener: StudioListener) => () => void };

/** The window's view of the studio on a bridge. Its connection cannot be lost while the window lives. */
export function clientOfBridge(bridge: StudioBridge): StudioClient {
  return createClient({
    call: async (name, input) => {
      const [domain, method] = name.split('.') as [Domain, string];
      const methods = bridge[domain] as Readonly<Record<string, BridgeMethod>>;
      return outputOf(await methods[method](plain(input)));
    },
    subscribe: (listener) => bridge.subscribe(listener),
    onReconnect: () => () => undefined,
  });
}

/** As the WebSocket sends it: the bridge copies by structured clone, which refuses the proxies that a window's state is made of. */
function plain(input: unknown): unknown {
  return input === undefined ? undefined : (JSON.parse(JSON.stringify(input)) as unknown);
}
