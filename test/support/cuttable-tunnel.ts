import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a port of this machine that can be cut, as a tunnel or a network is. */
export interface CuttableTunnel extends AsyncDisposable {
  readonly port: number;
  /** Ends all connections, and lets none through until it is mended. */
  cut(): void;
  mend(toPort?: number): void;
}

export async function openTunnel(toPort: number): Promise<CuttableTunnel> {
  const ends = new Set<Socket>();
  let target: number | undefined = toPort;
  const server = createServer((near) => {
    if (target === undefined) {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one);
      one.pipe(other);
      one.on('error', () => undefined);
      one.on('close', () => {
        ends.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    target = undefined;
    for (const end of ends) end.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: (port = toPort) => void (target = port),
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
