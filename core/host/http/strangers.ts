import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Connections on which nobody has been let in yet are held to a number: when one more comes, the one that has waited
 * longest is cut off. So those who connect and say nothing, or a byte now and then, can neither use up what the system has
 * nor keep others out; whoever has the cookie shows it within milliseconds.
 *
 * @returns to be told of a connection on which somebody was let in
 */
export function limitStrangers(server: Server, most: number): (connection: Duplex) => void {
  const strangers = new Set<Duplex>();
  server.on('connection', (connection) => {
    strangers.add(connection);
    connection.once('close', () => strangers.delete(connection));
    if (strangers.size <= most) return;
    for (const oldest of strangers) {
      strangers.delete(oldest);
      oldest.destroy();
      return;
    }
  });
  return (connection) => void strangers.delete(connection);
}
