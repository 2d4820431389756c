import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { StudioBridge } from '../core/contract/bridge.ts';
import type { StudioEvent } from '../core/contract/events.ts';
import type { StudioShell } from '../core/contract/studio-shell.ts';
import { channels } from './channels.ts';
import { createBridge } from './create-bridge.ts';

/**
 * What the window gets of this shell, and all of it: the operations of the contract by name, events, and the path of a
 * folder that was dropped. Bundled into one CommonJS file, since a sandboxed preload can load nothing else.
 */
contextBridge.exposeInMainWorld(
  'studioBridge',
  createBridge({
    invoke: (name, input) => ipcRenderer.invoke(channels.call, name, input),
    listen: (listener) => {
      ipcRenderer.on(channels.event, (_, event: StudioEvent) => listener(event));
      ipcRenderer.send(channels.listening);
    },
  }) satisfies StudioBridge,
);
contextBridge.exposeInMainWorld('studioShell', {
  platform: process.platform,
  pathOfDropped: (file) => webUtils.getPathForFile(file),
} satisfies StudioShell);
