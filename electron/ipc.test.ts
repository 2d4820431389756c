import { describe, expect, it } from 'vitest';
import { StudioError } from '../core/base/studio-error.ts';
import type { StudioEvent, StudioListener } from '../core/contract/events.ts';
import { channels } from './channels.ts';
import { serveStudio, type MessageEvent, type MessageHub, type MessageSender } from './ipc.ts';

const OURS = 7;
const PAGE = 'simgan://studio/index.html#/data';

function sender(id: number) {
  const sent: unknown[] = [];
  const onEnd: Record<string, () => void> = {};
  let destroyed = false;
  const contents: MessageSender = {
    id,
    send: (channel, value) => void sent.push([channel, structuredClone(value)]),
    isDestroyed: () => destroyed,
    once: (event, listener) => (onEnd[event] = listener),
  };
  const destroy = (): void => {
    destroyed = true;
    onEnd.destroyed?.();
  };
  return { contents, sent, destroy, crash: () => onEnd['render-process-gone']?.() };
}

function messageFrom(contents: MessageSender, url: string = PAGE): MessageEvent {
  return { sender: contents, senderFrame: { url, parent: null } };
}

function served() {
  const called: unknown[] = [];
  const listeners = new Set<StudioListener>();
  let handle: Parameters<MessageHub['handle']>[1] | undefined;
  let listen: Parameters<MessageHub['on']>[1] | undefined;
  const { send, close } = serveStudio(
    {
      handle: (_, handler) => (handle = handler),
      on: (_, listener) => (listen = listener),
    },
    {
      call(name, input) {
        called.push([name, input]);
        if (name === 'fails') {
          throw new StudioError('busy', 'It is in use.', { remedy: 'Wait.', details: { path: '/a' } });
        }
        return Promise.resolve({ answered: name });
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    (id) => id === OURS,
  );
  if (!handle || !listen) throw new Error('Nothing is served.');
  const publish = (event: StudioEvent): void => listeners.forEach((listener) => listener(event));
  return { handle, listen, called, publish, send, close };
}

const COMMAND: StudioEvent = { type: 'command', action: 'palette' };

describe('messages of the window', () => {
  it('reach the studio from our own page', async () => {
    const { handle, called } = served();
    const { contents } = sender(OURS);
    expect(await handle(messageFrom(contents), 'runs.list', {})).toEqual({
      output: { answered: 'runs.list' },
    });
    expect(called).toEqual([['runs.list', {}]]);
  });

  const frame = (url: string, parent: unknown = null) => ({ url, parent });
  it.each<[string, number, MessageEvent['senderFrame']]>([
    ['a window of somebody else', 8, frame(PAGE)],
    ['a frame that is gone', OURS, null],
    ['a frame in our page', OURS, frame(PAGE, frame(PAGE))],
    ...[
      'https://example.org/',
      'simgan://elsewhere/',
      'simgan://studio.example/',
      'simgan://user@studio/',
      'simgan://studio:1/',
      'simgan://studio/reports/1/20.html',
      'simgan://studio/pictures/images/1',
      'file:///index.html',
      'about:blank',
      'data:text/html,x',
      'javascript:0',
      '',
    ].map((url): [string, number, MessageEvent['senderFrame']] => [`a page at "${url}"`, OURS, frame(url)]),
  ])('are refused from %s, and events are not sent there', async (_, id, senderFrame) => {
    const { handle, listen, called, publish } = served();
    const { contents, sent } = sender(id);
    const event = { sender: contents, senderFrame };
    expect(await handle(event, 'runs.list', {})).toMatchObject({ failure: { code: 'bad-usage' } });
    listen(event);
    publish(COMMAND);
    expect(called).toEqual([]);
    expect(sent).toEqual([]);
  });

  it.each([[[]], [[7, {}]], [[null]], [[{ name: 'runs.list' }]], [['x'.repeat(1000), {}]]])(
    'that are no calls are refused: %j',
    async (values: unknown[]) => {
      const { handle, called } = served();
      const { contents } = sender(OURS);
      expect(await handle(messageFrom(contents), ...values)).toMatchObject({
        failure: { code: 'bad-usage' },
      });
      expect(called).toEqual([]);
    },
  );

  it('bring a failure back as plain data', async () => {
    const { handle } = served();
    const reply = await handle(messageFrom(sender(OURS).contents), 'fails', undefined);
    expect(structuredClone(reply)).toEqual({
      failure: {
        code: 'busy',
        message: 'It is in use.',
        remedy: 'Wait.',
        details: { path: '/a' },
        cause: null,
      },
    });
  });
});

describe('events of the studio', () => {
  it('wait while the page of a window has crashed, until it listens again', () => {
    const { listen, publish, send } = served();
    const only = sender(OURS);
    listen(messageFrom(only.contents));
    only.crash();
    publish(COMMAND);
    send(COMMAND);
    expect(only.sent).toEqual([]);
    listen(messageFrom(only.contents));
    expect(only.sent).toEqual([[channels.event, COMMAND]]);
  });

  it('go to a window from when it listens until it is gone', () => {
    const { listen, publish, close } = served();
    const first = sender(OURS);
    publish(COMMAND);
    listen(messageFrom(first.contents));
    listen(messageFrom(first.contents));
    publish(COMMAND);
    expect(first.sent).toEqual([[channels.event, COMMAND]]);
    first.destroy();
    publish(COMMAND);
    expect(first.sent).toHaveLength(1);
    close();
  });

  it('end when the shell closes', () => {
    const { listen, publish, close } = served();
    const window = sender(OURS);
    listen(messageFrom(window.contents));
    close();
    publish(COMMAND);
    expect(window.sent).toEqual([]);
  });

  it('keep a command for a window that does not listen yet', () => {
    const { listen, send } = served();
    send(COMMAND);
    const window = sender(OURS);
    listen(messageFrom(window.contents));
    expect(window.sent).toEqual([[channels.event, COMMAND]]);
  });
});
