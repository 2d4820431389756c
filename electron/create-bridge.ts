import type { StudioBridge } from '../core/contract/bridge.ts';
import { createClient } from '../core/contract/client.ts';
import type { StudioClient } from '../core/contract/contract.ts';
import type { StudioEvent, StudioListener } from '../core/contract/events.ts';

/** The messages of the main process as the preload sees them. */
export interface MainMessages {
  readonly invoke: (name: string, input: unknown) => Promise<unknown>;
  /** Called once, when somebody in the window listens for the first time. */
  readonly listen: (listener: (event: StudioEvent) => void) => void;
}

/** One method per operation that gives a `Reply`, and one way to listen; nothing of Electron shows through. */
export function createBridge(messages: MainMessages): StudioBridge {
  const listeners = new Set<StudioListener>();
  let isListening = false;
  const bridge: Partial<StudioClient> = createClient({
    call: messages.invoke,
    subscribe(listener) {
      // One listener may be given twice: each subscription is an entry of its own.
      const entry: StudioListener = (event) => listener(event);
      listeners.add(entry);
      if (!isListening) {
        isListening = true;
        messages.listen((event) => {
          for (const each of [...listeners]) each(event);
        });
      }
      return () => void listeners.delete(entry);
    },
    onReconnect: () => () => undefined,
  });
  // The line to the main process lasts as long as the window does.
  delete (bridge as { onReconnect?: unknown }).onReconnect;
  return bridge as unknown as StudioBridge;
}
