import { rm, open } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';

/** Flushes to disk since the watch began. */
export interface Flushes extends Disposable {
  /** Their places among all calls that vitest watches. */
  readonly orders: readonly number[];
}

/** Watches the flushes that the program asks for, which still happen. A power cut cannot be made in a test. */
export async function watchFlushes(folder: string): Promise<Flushes> {
  const path = join(folder, '.watched');
  const handle = await open(path, 'w');
  const kind: unknown = Object.getPrototypeOf(handle);
  await handle.close();
  await rm(path);
  const watch = vi.spyOn(kind as typeof handle, 'sync');
  return {
    get orders() {
      return watch.mock.invocationCallOrder;
    },
    [Symbol.dispose]: () => watch.mockRestore(),
  };
}
