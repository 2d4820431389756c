import { z } from 'zod';
import type { LaunchProbe, ProbeProcess } from '../core/engine/probe/probe-process.ts';
import type { LaunchedProcess } from '../core/jobs/launcher.ts';
import type { WorkerPort } from '../core/jobs/worker-port.ts';

/**
 * Only Electron's main process can start processes, and engines are tried in processes of their own by a worker: the
 * worker asks the main process over its own line, and messages of the child travel along it.
 *
 * What is started is always the same module, which the main process knows; a worker cannot name another.
 */
const wishSchema = z.strictObject({
  relay: z.discriminatedUnion('does', [
    z.strictObject({ does: z.literal('start'), child: z.int() }),
    z.strictObject({ does: z.literal('send'), child: z.int(), message: z.unknown() }),
    z.strictObject({ does: z.literal('kill'), child: z.int() }),
  ]),
});

const newsSchema = z.strictObject({
  relay: z.discriminatedUnion('is', [
    z.strictObject({ is: z.literal('message'), child: z.int(), message: z.unknown() }),
    z.strictObject({ is: z.literal('standard-error'), child: z.int(), text: z.string() }),
    z.strictObject({
      is: z.literal('exit'),
      child: z.int(),
      code: z.int().nullable(),
      signal: z.string().nullable(),
    }),
  ]),
});

type Wish = z.infer<typeof wishSchema>['relay'];
type News = z.infer<typeof newsSchema>['relay'];

/** The main process's end: a worker that may have children. They end with it. */
export function withChildren(worker: LaunchedProcess, launchChild: LaunchProbe): LaunchedProcess {
  const children = new Map<number, ProbeProcess>();
  const tell = (news: News): void => worker.send({ relay: news });
  const start = (child: number): void => {
    const launched = launchChild();
    children.set(child, launched);
    launched.onMessage((message) => tell({ is: 'message', child, message }));
    launched.onStandardError((text) => tell({ is: 'standard-error', child, text }));
    launched.onExit(({ code, signal }) => {
      // Killed with its worker: nobody is left to be told.
      if (children.delete(child)) tell({ is: 'exit', child, code, signal });
    });
  };
  const fulfil = (wish: Wish): void => {
    switch (wish.does) {
      case 'start':
        start(wish.child);
        break;
      case 'send':
        children.get(wish.child)?.send(wish.message);
        break;
      case 'kill':
        children.get(wish.child)?.kill();
        break;
    }
  };
  worker.onExit(() => {
    const orphans = [...children.values()];
    children.clear();
    for (const orphan of orphans) orphan.kill();
  });
  return {
    onSpawn: (listener) => worker.onSpawn(listener),
    send: (message) => worker.send(message),
    kill: () => worker.kill(),
    onStandardError: (listener) => worker.onStandardError(listener),
    onExit: (listener) => worker.onExit(listener),
    onMessage(listener) {
      worker.onMessage((message) => {
        const wish = wishSchema.safeParse(message);
        if (wish.success) fulfil(wish.data.relay);
        else listener(message);
      });
    },
  };
}

/** The worker's end: its line without what is relayed, and a launcher that lets the main process start a child. */
export function splitLine(line: WorkerPort): {
  readonly port: WorkerPort;
  readonly launchChild: LaunchProbe;
} {
  const listeners = new Map<number, (news: News) => void>();
  const wish = (relay: Wish): void => line.send({ relay });
  let started = 0;
  return {
    port: {
      send: (message) => line.send(message),
      onClose: (listener) => line.onClose(listener),
      onMessage(listener) {
        line.onMessage((message) => {
          const news = newsSchema.safeParse(message);
          if (news.success) listeners.get(news.data.relay.child)?.(news.data.relay);
          else listener(message);
        });
      },
    },
    launchChild() {
      const child = ++started;
      const onMessage: ((message: unknown) => void)[] = [];
      const onStandardError: ((text: string) => void)[] = [];
      const onExit: Parameters<ProbeProcess['onExit']>[0][] = [];
      listeners.set(child, (news) => {
        switch (news.is) {
          case 'message':
            for (const listener of onMessage) listener(news.message);
            break;
          case 'standard-error':
            for (const listener of onStandardError) listener(news.text);
            break;
          case 'exit':
            listeners.delete(child);
            for (const listener of onExit) listener({ code: news.code, signal: news.signal });
            break;
        }
      });
      wish({ does: 'start', child });
      return {
        send: (message) => wish({ does: 'send', child, message }),
        kill: () => wish({ does: 'kill', child }),
        onMessage: (listener) => void onMessage.push(listener),
        onStandardError: (listener) => void onStandardError.push(listener),
        onExit: (listener) => void onExit.push(listener),
      };
    },
  };
}
