import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exitOf, utilityLauncher, type UtilityChild } from './utility-launcher.ts';

/** A real process that the system starts when the test says so, as Electron's is: without a number until then. */
class LateChild extends EventEmitter implements UtilityChild {
  pid: number | undefined;
  readonly stderr = null;
  readonly sent: unknown[] = [];
  process: ChildProcess | undefined;
  postMessage = (message: unknown): void => void this.sent.push(message);
  kill = (): boolean => this.process?.kill() ?? false;
  async spawn(): Promise<void> {
    this.process = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const child = this.process;
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    this.pid = child.pid;
    this.emit('spawn');
  }
}

function launched() {
  const child = new LateChild();
  let kills = 0;
  const launch = utilityLauncher(
    () => child,
    'worker.js',
    'test worker',
    () => (kills += 1),
  );
  return { child, worker: launch(), kills: () => kills };
}

describe('a worker in a utility process', () => {
  it('tells its number when the process is there, and at once to whoever asks later', async () => {
    const { child, worker } = launched();
    const told: number[] = [];
    worker.onSpawn((processId) => told.push(processId));
    expect(told).toEqual([]);
    await child.spawn();
    worker.onSpawn((processId) => told.push(processId));
    expect(told).toEqual([child.pid, child.pid]);
  });

  it('is killed as soon as it is there where it was killed before', async () => {
    const { child, worker, kills } = launched();
    worker.kill();
    worker.kill();
    await child.spawn();
    if (child.process === undefined) throw new Error('Nothing was started.');
    const [, signal] = (await once(child.process, 'exit')) as [null, string];
    expect(signal).toBe('SIGKILL');
    expect(kills()).toBe(1);
  });

  it('is not killed after its end, when the system may have given its number to another', async () => {
    const { child, worker, kills } = launched();
    await child.spawn();
    child.emit('exit', 0);
    worker.kill();
    expect(kills()).toBe(0);
    expect(child.process?.killed).toBe(false);
  });

  it.each([
    [0, 'linux', { code: 0, signal: null }],
    [3, 'linux', { code: 3, signal: null }],
    [9, 'linux', { code: null, signal: 'SIGKILL' }],
    [9, 'darwin', { code: null, signal: 'SIGKILL' }],
    [9, 'win32', { code: 9, signal: null }],
    [11, 'linux', { code: null, signal: 'SIGSEGV' }],
    [137, 'linux', { code: 137, signal: null }],
  ] as const)('reads exit code %i on %s', (code, platform, exit) => {
    expect(exitOf(code, platform)).toEqual(exit);
  });
});
