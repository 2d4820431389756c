import { z } from 'zod';
import { StudioError } from '../core/base/studio-error.ts';
import type { StudioEvent } from '../core/contract/events.ts';
import type { Reply } from '../core/contract/messages.ts';
import { toFailure } from '../core/contract/studio-failure.ts';
import type { Studio } from '../core/studio/service/studio.ts';
import { isWindowPage } from './app-address.ts';
import { channels } from './channels.ts';

/** What is looked at of a message's event. */
export interface MessageEvent {
  readonly sender: MessageSender;
  /** Null where the frame is gone. */
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}

export interface MessageSender {
  readonly id: number;
  send(channel: string, ...values: unknown[]): void;
  isDestroyed(): boolean;
  once(event: 'destroyed' | 'render-process-gone', listener: () => void): unknown;
}

/** The part of Electron's `ipcMain` that is used. */
export interface MessageHub {
  handle(channel: string, handler: (event: MessageEvent, ...values: unknown[]) => Promise<Reply>): void;
  on(channel: string, listener: (event: MessageEvent, ...values: unknown[]) => void): unknown;
}

const callSchema = z.tuple([z.string().max(100), z.unknown()]);

/**
 * Lets windows of this program, and nobody else, talk to the studio. Who sends is checked here, once, for every message:
 * a window that was made by us, its main frame, showing our own page. Whatever is not surely so is refused.
 *
 * @param isOurWindow whether contents with this id belong to a window that was made by us
 */
export function serveStudio(
  hub: MessageHub,
  studio: Pick<Studio, 'call' | 'subscribe'>,
  isOurWindow: (contentsId: number) => boolean,
): { readonly send: (event: StudioEvent) => void; readonly close: () => void } {
  const listeners = new Set<MessageSender>();
  const undelivered: StudioEvent[] = [];

  hub.handle(channels.call, async (event, ...values) => {
    try {
      if (!isTrusted(event, isOurWindow)) throw refusal();
      const [name, input] = parseCall(values);
      return { output: await studio.call(name, input) };
    } catch (error) {
      return { failure: toFailure(error) };
    }
  });

  hub.on(channels.listening, (event) => {
    if (!isTrusted(event, isOurWindow)) return;
    const { sender } = event;
    if (!listeners.has(sender)) {
      // A page whose process died listens again when it is loaded again; until then nothing can be sent to it.
      for (const end of ['destroyed', 'render-process-gone'] as const) {
        sender.once(end, () => listeners.delete(sender));
      }
    }
    listeners.add(sender);
    for (const waiting of undelivered.splice(0)) sender.send(channels.event, waiting);
  });

  const broadcast = (event: StudioEvent): void => {
    for (const listener of listeners) {
      if (!listener.isDestroyed()) listener.send(channels.event, event);
    }
  };
  return {
    /** To all windows; a command that no window listens for yet waits for the first that does. */
    send(event) {
      if (listeners.size === 0) undelivered.push(event);
      else broadcast(event);
    },
    close: studio.subscribe(broadcast),
  };
}

function isTrusted(event: MessageEvent, isOurWindow: (contentsId: number) => boolean): boolean {
  const { sender, senderFrame } = event;
  if (!isOurWindow(sender.id) || senderFrame === null) return false;
  return senderFrame.parent === null && isWindowPage(senderFrame.url);
}

function parseCall(values: unknown[]): readonly [string, unknown] {
  const parsed = callSchema.safeParse([values[0], values[1]]);
  if (parsed.success) return parsed.data;
  throw new StudioError('bad-usage', 'What the window sent is no call of an operation.', {
    remedy: 'Reload the window.',
    cause: parsed.error,
  });
}

function refusal(): StudioError {
  return new StudioError('bad-usage', 'Only the studio’s own window may ask.', {
    remedy: 'Reload the window.',
  });
}
