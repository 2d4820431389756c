/** A worker's end of the line to whoever started it. */
export interface WorkerPort {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called when the other end is known to be gone. */
  onClose(listener: () => void): void;
}

/** What Electron gives a utility process as `process.parentPort`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
}

/**
 * The line of this process: `process.parentPort` in Electron's utility process, the IPC channel in a forked one.
 * @throws Error where there is neither
 */
export function parentLine(): WorkerPort {
  const { parentPort } = process as typeof process & { readonly parentPort?: ParentPort };
  if (parentPort) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => void parentPort.on('message', ({ data }) => listener(data)),
      // Electron does not tell; the silence of the other side does.
      onClose: () => undefined,
    };
  }
  if (!process.send) throw new Error('A worker is started by the studio, not by hand.');
  return {
    // A channel that closes while something is sent is told of by "disconnect".
    send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}
