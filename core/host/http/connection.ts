import type { RawData, WebSocket } from 'ws';
import { callSchema, type CallMessage, type StudioMessage } from '../../contract/messages.ts';
import { toFailure } from '../../contract/studio-failure.ts';
import type { Studio } from '../../studio/service/studio.ts';
import { createOutbox, type Push } from './outbox.ts';
import { createPace } from './pace.ts';

/** One open window. */
export interface Connection {
  push(push: Push): void;
  /** Whether it has been heard of, or has read something, since the last time this was asked. */
  isAlive(): boolean;
}

/** Calls of one window that are worked on at once; the others wait in the order they came. */
const MOST_AT_ONCE = 32;

/** Codes of RFC 6455, 7.4.1. */
const UNSUPPORTED_DATA = 1003;
const POLICY_VIOLATION = 1008;

/**
 * Answers the calls of one window. Whoever sends faster than is allowed, or does not read the answers, is read more
 * slowly, so that nothing is lost and nothing gathers here. What is no call at all ends the connection: our own window
 * never sends such.
 */
export function serveConnection(
  socket: WebSocket,
  studio: Studio,
  onFault: (error: unknown) => void,
): Connection {
  const waiting: CallMessage[] = [];
  const pace = createPace(performance.now());
  let atWork = 0;
  let timer: NodeJS.Timeout | undefined;
  let wasHeard = true;
  let lastBufferedBytes = 0;

  const answer = async ({ id, name, input }: CallMessage): Promise<void> => {
    let message: StudioMessage;
    try {
      message = { id, output: await studio.call(name, input) };
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'fault') onFault(error);
      message = { id, failure };
    }
    atWork -= 1;
    outbox.send(JSON.stringify(message));
    work();
  };
  const work = (): void => {
    while (waiting.length > 0 && atWork < MOST_AT_ONCE && !outbox.isFull()) {
      const nowMs = performance.now();
      if (!pace.take(nowMs)) {
        timer ??= setTimeout(
          () => {
            timer = undefined;
            work();
          },
          Math.ceil(pace.waitMs(nowMs)),
        );
        break;
      }
      const call = waiting.shift();
      if (call === undefined) break;
      atWork += 1;
      void answer(call);
    }
    if (waiting.length > 0) socket.pause();
    else socket.resume();
  };
  const outbox = createOutbox(socket, work);

  socket.on('message', (data, isBinary) => {
    if (socket.readyState !== socket.OPEN) return;
    wasHeard = true;
    if (isBinary) {
      socket.close(UNSUPPORTED_DATA, 'Text only.');
      return;
    }
    const call = parseCall(data);
    if (call === undefined) {
      socket.close(POLICY_VIOLATION, 'That was no call.');
      return;
    }
    waiting.push(call);
    work();
  });
  socket.on('pong', () => (wasHeard = true));
  // A frame that is too large or broken: ws closes the connection with the right code.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearTimeout(timer);
    waiting.length = 0;
  });

  return {
    push: (push) => outbox.push(push),
    isAlive() {
      // A paused reader is not heard, and need not be; a slow one reads on.
      const alive = wasHeard || socket.isPaused || socket.bufferedAmount < lastBufferedBytes;
      wasHeard = false;
      lastBufferedBytes = socket.bufferedAmount;
      socket.ping();
      return alive;
    },
  };
}

function parseCall(data: RawData): CallMessage | undefined {
  try {
    // ws gives text as one Buffer (its `binaryType` is left at "nodebuffer").
    const parsed = callSchema.safeParse(JSON.parse((data as Buffer).toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
