import { describe, expect, it } from 'vitest';
import type { LaunchedProcess, ProcessExit } from '../core/jobs/launcher.ts';
import type { WorkerPort } from '../core/jobs/worker-port.ts';
import { splitLine, withChildren } from './child-relay.ts';

/** A process as its launcher gives it, and what the test does in its place. */
function processOf() {
  const heard: unknown[] = [];
  const onMessage: ((message: unknown) => void)[] = [];
  const onStandardError: ((text: string) => void)[] = [];
  const onExit: ((exit: ProcessExit) => void)[] = [];
  let killed = false;
  const launched: LaunchedProcess = {
    onSpawn: (listener) => listener(1),
    send: (message) => void heard.push(structuredClone(message)),
    kill: () => (killed = true),
    onMessage: (listener) => void onMessage.push(listener),
    onStandardError: (listener) => void onStandardError.push(listener),
    onExit: (listener) => void onExit.push(listener),
  };
  return {
    launched,
    heard,
    isKilled: () => killed,
    say: (message: unknown) => onMessage.forEach((listener) => listener(structuredClone(message))),
    complain: (text: string) => onStandardError.forEach((listener) => listener(text)),
    exit: (exit: ProcessExit) => onExit.forEach((listener) => listener(exit)),
  };
}

/** A worker whose line leads to the main process and back. */
function relayed() {
  const children: ReturnType<typeof processOf>[] = [];
  const worker = processOf();
  const toMain: unknown[] = [];
  const main = withChildren(worker.launched, () => {
    const child = processOf();
    children.push(child);
    return child.launched;
  });
  main.onMessage((message) => toMain.push(message));
  const toWorker: ((message: unknown) => void)[] = [];
  const line: WorkerPort = {
    send: (message) => worker.say(message),
    onMessage: (listener) => void toWorker.push(listener),
    onClose: () => undefined,
  };
  const { port, launchChild } = splitLine(line);
  const ofOwn: unknown[] = [];
  port.onMessage((message) => ofOwn.push(message));
  /** Brings over what the main process has sent. */
  const deliver = (): void =>
    worker.heard.splice(0).forEach((message) => toWorker.forEach((listener) => listener(message)));
  return { main, worker, children, toMain, port, launchChild, ofOwn, deliver };
}

describe('a child that the main process starts for a worker', () => {
  it('talks with the worker as if it were its own', () => {
    const { children, launchChild, deliver } = relayed();
    const [first, second] = [launchChild(), launchChild()];
    const news: unknown[] = [];
    first.onMessage((message) => news.push(['first', message]));
    second.onMessage((message) => news.push(['second', message]));
    second.onStandardError((text) => news.push(['second complains', text]));
    second.onExit((exit) => news.push(['second ends', exit]));
    first.send({ kind: 'open' });
    expect(children.map(({ heard }) => heard)).toEqual([[{ kind: 'open' }], []]);
    children[0].say({ kind: 'opened' });
    children[1].complain('no device');
    children[1].exit({ code: null, signal: 'SIGSEGV' });
    deliver();
    expect(news).toEqual([
      ['first', { kind: 'opened' }],
      ['second complains', 'no device'],
      ['second ends', { code: null, signal: 'SIGSEGV' }],
    ]);
    first.kill();
    expect(children.map((child) => child.isKilled())).toEqual([true, false]);
  });

  it('ends with the worker, which is told nothing more', () => {
    const { worker, children, launchChild } = relayed();
    launchChild();
    worker.exit({ code: 1, signal: null });
    expect(children[0].isKilled()).toBe(true);
    children[0].exit({ code: null, signal: 'SIGKILL' });
    expect(worker.heard).toEqual([]);
  });

  it('leaves the worker’s own messages alone, in both directions', () => {
    const { main, toMain, port, ofOwn, deliver } = relayed();
    port.send({ type: 'ready' });
    main.send({ type: 'start', id: 1 });
    deliver();
    expect([toMain, ofOwn]).toEqual([[{ type: 'ready' }], [{ type: 'start', id: 1 }]]);
  });

  it('can be no other program than the one the main process knows', () => {
    const { worker, children, toMain } = relayed();
    const forged = { relay: { does: 'start', child: 1, module: '/tmp/other.js' } };
    worker.say(forged);
    expect(children).toEqual([]);
    expect(toMain).toEqual([forged]);
  });
});
