import { contract, type OperationName, type StudioClient } from './contract.ts';
import type { StudioListener } from './events.ts';

/** A road to the studio: Electron's ipc, a WebSocket, or the service itself. */
export interface Transport {
  /** Rejects with what `fromFailure` makes of the studio's failure. */
  call(name: OperationName, input: unknown): Promise<unknown>;
  subscribe(listener: StudioListener): () => void;
  onReconnect(listener: () => void): () => void;
}

/** The window's view of the studio on a transport: one method per operation of the contract, and nothing more. */
export function createClient(transport: Transport): StudioClient {
  const domains = Object.entries(contract).map(([domain, methods]) => [
    domain,
    Object.fromEntries(
      Object.keys(methods).map((method) => [
        method,
        (input: unknown) => transport.call(`${domain}.${method}` as OperationName, input),
      ]),
    ),
  ]);
  return {
    ...Object.fromEntries(domains),
    subscribe: (listener: StudioListener) => transport.subscribe(listener),
    onReconnect: (listener: () => void) => transport.onReconnect(listener),
  } as StudioClient;
}
