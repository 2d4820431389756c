import { clientOfBridge, type StudioBridge } from '../../core/contract/bridge.ts';
import type { StudioClient } from '../../core/contract/contract.ts';
import type { StudioEvent } from '../../core/contract/events.ts';
import type { Studio } from '../../core/studio/service/studio.ts';
import { channels } from '../../electron/channels.ts';
import { createBridge } from '../../electron/create-bridge.ts';
import { serveStudio, type MessageEvent, type MessageHub, type MessageSender } from '../../electron/ipc.ts';

export interface MessageRoad {
  readonly bridge: StudioBridge;
  readonly studio: StudioClient;
  close(): void;
}

/**
 * A window at the end of Electron's messages, without Electron: preload and main process as they are, and between them
 * what `ipcMain` and `ipcRenderer` do with a value, which is to copy it by the structured clone algorithm. A function or
 * a class instance that anybody sends fails here as it does there.
 */
export function openMessageRoad(studio: Pick<Studio, 'call' | 'subscribe'>): MessageRoad {
  let toMain: Parameters<MessageHub['handle']>[1] | undefined;
  let onListening: Parameters<MessageHub['on']>[1] | undefined;
  let toWindow: (event: StudioEvent) => void = () => undefined;
  const contents: MessageSender = {
    id: 1,
    send: (channel, value) => {
      if (channel === channels.event) toWindow(structuredClone(value) as StudioEvent);
    },
    isDestroyed: () => false,
    once: () => undefined,
  };
  const message: MessageEvent = {
    sender: contents,
    senderFrame: { url: 'simgan://studio/#/data', parent: null },
  };
  const { close } = serveStudio(
    {
      handle: (channel, handler) => {
        if (channel === channels.call) toMain = handler;
      },
      on: (channel, listener) => {
        if (channel === channels.listening) onListening = listener;
      },
    },
    studio,
    (id) => id === contents.id,
  );
  const bridge = createBridge({
    invoke: async (name, input) => structuredClone(await toMain?.(message, name, structuredClone(input))),
    listen(listener) {
      toWindow = listener;
      onListening?.(message);
    },
  });
  return { bridge, studio: clientOfBridge(bridge), close };
}
