import type { WebSocket } from 'ws';
import { assertNever } from '../../base/assert.ts';
import type { StudioEvent } from '../../contract/events.ts';

/** What is on its way to a reader. Beyond this many bytes events wait, and of those that tell of one thing only the last. */
const BUSY_BYTES = 256 * 1024;
/** More kinds of things than this that a reader has not taken note of: it is cut off, and begins anew when it is back. */
const MOST_WAITING = 2000;

/** An event and its text, made once for all readers. */
export interface Push {
  readonly event: StudioEvent;
  readonly text: string;
}

/** Sends to one reader without gathering without end what a slow one has not read. */
export interface Outbox {
  send(text: string): void;
  push(push: Push): void;
  /** Whether so much is on its way that no more should be begun. */
  isFull(): boolean;
}

/** @param onDrained called when the reader has caught up after the outbox was full */
export function createOutbox(socket: WebSocket, onDrained: () => void): Outbox {
  const waiting = new Map<string, string>();
  const isFull = (): boolean => socket.bufferedAmount > BUSY_BYTES;
  const send = (text: string): void => {
    if (socket.readyState === socket.OPEN) socket.send(text, drain);
  };
  const drain = (): void => {
    if (isFull()) return;
    for (const [key, text] of waiting) {
      if (isFull()) return;
      waiting.delete(key);
      send(text);
    }
    onDrained();
  };
  return {
    send,
    push({ event, text }) {
      if (!isFull() && waiting.size === 0) {
        send(text);
        return;
      }
      const key = subjectOf(event);
      // To the end: what came later must be told later.
      waiting.delete(key);
      waiting.set(key, text);
      if (waiting.size > MOST_WAITING) socket.terminate();
    },
    isFull,
  };
}

/** What an event tells of. A later event of the same subject makes an earlier one that was not sent yet needless. */
function subjectOf(event: StudioEvent): string {
  const { type } = event;
  switch (event.type) {
    case 'library':
    case 'pictures':
    case 'jobs-cleared':
    case 'settings':
    case 'command':
    case 'edit':
    // Entries are numbered: whoever misses some asks for them.
    case 'log':
      return type;
    case 'job':
      return `job ${event.job.id}`;
    case 'run':
      return `run ${event.run.id}`;
    case 'run-removed':
      return `run ${event.runId}`;
    case 'metrics':
      return `metrics ${event.runId}`;
    case 'preview':
    case 'checkpoint':
      return `${type} ${event.runId} ${event.step}`;
    case 'run-event':
      return `run-event ${event.runId} ${event.event.step} ${event.event.kind} ${event.event.createdAt}`;
    case 'data':
      return `data ${event.what}`;
    case 'results':
      return `results ${event.runId} ${event.what}`;
    default:
      return assertNever(event);
  }
}
