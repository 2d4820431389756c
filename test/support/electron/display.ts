import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A screen for windows: the one that is there, or one in memory. */
export interface Display {
  /** As DISPLAY has it. */
  readonly name: string;
  close(): void;
}

const SCREEN = '1600x1000x24';

/**
 * Starts Xvfb on a number that is free.
 *
 * @throws Error where Xvfb is not installed or does not start
 */
export async function openDisplay(): Promise<Display> {
  // -ac: the test's user is another than the one who starts it.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-ac'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const failed = once(server, 'error').then(() => {
    throw new Error('Xvfb is not installed (Debian: apt-get install xvfb)');
  });
  const ended = once(server, 'exit').then(([code]: unknown[]) => {
    throw new Error(`Xvfb ended with ${String(code)}`);
  });
  // Either may still come after the number; it is then nobody's business.
  failed.catch(() => undefined);
  ended.catch(() => undefined);
  const pipe = server.stdio[3];
  if (pipe === null || pipe === undefined) throw new Error('Xvfb has no channel for its number');
  const [number] = (await Promise.race([once(pipe, 'data'), failed, ended])) as [Buffer];
  return { name: `:${number.toString().trim()}`, close: () => void server.kill() };
}
