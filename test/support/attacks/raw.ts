import { connect, type Socket } from 'node:net';

/** A connection on which anything can be said. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that was answered so far. */
  answered(): string;
  /** When the other side has closed it. False where it has not within the time. */
  closedWithin(ms: number): Promise<boolean>;
  destroy(): void;
}

export function connectRaw(port: number): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    const closed = new Promise<true>((done) => socket.once('close', () => done(true)));
    socket.once('connect', () => {
      // A connection that is cut off while something is said on it is what is wanted here.
      socket.off('error', reject).on('error', () => undefined);
      resolve({
        socket,
        answered: () => Buffer.concat(chunks).toString('latin1'),
        closedWithin(ms) {
          let timer: NodeJS.Timeout | undefined;
          const late = new Promise<false>((done) => (timer = setTimeout(() => done(false), ms)));
          return Promise.race([closed, late]).finally(() => clearTimeout(timer));
        },
        destroy: () => socket.destroy(),
      });
    });
    socket.once('error', reject);
  });
}

/** Says something on a connection of its own, and gives what was answered until it was closed or a time was over. */
export async function sayRaw(port: number, text: string | Uint8Array, waitMs = 1000): Promise<string> {
  const connection = await connectRaw(port);
  connection.socket.write(text);
  await connection.closedWithin(waitMs);
  connection.destroy();
  return connection.answered();
}

/** Status codes of all answers in a stream of them. */
export function statusesOf(answered: string): number[] {
  return [...answered.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map((match) => Number(match[1]));
}
