import { createRequire } from 'node:module';
import os from 'node:os';
import { Worker, type Transferable } from 'node:worker_threads';
import { unpackedPath } from '../../base/unpacked-path.ts';

/**
 * The threaded build of the wasm backend is meant for browsers, although Emscripten's half of it supports Node: it
 * hands its worker's code over as blob URLs, which Node's workers cannot load. This module gives it workers that run
 * the same code from the package's files.
 */

/** The parts of Emscripten's thread pool that the backend exposes. */
interface ThreadedModule {
  readonly PThread: { unusedWorkers: Worker[]; readonly runningWorkers: Worker[] };
}

/** The build starts eight workers, whatever the machine, one of them idle. */
export const MAX_THREADS = 8;

const packageRequire = createRequire(import.meta.url);
const build = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd';

class PackageWorker extends Worker {
  constructor() {
    const { wasmWorkerContents } = packageRequire(`${build}.worker.js`) as { wasmWorkerContents: string };
    // The text has lost one level of escapes; the package restores it in the same way.
    // The program's own flags are not for it: --input-type=module would make a module of this script.
    super(wasmWorkerContents.replaceAll('\n', '\\n'), { eval: true, execArgv: [] });
  }

  override postMessage(message: unknown, transfer?: readonly Transferable[]): void {
    const isLoad =
      typeof message === 'object' && message !== null && 'cmd' in message && message.cmd === 'load';
    super.postMessage(
      isLoad ? { ...message, urlOrBlob: unpackedPath(packageRequire.resolve(`${build}.js`)) } : message,
      transfer,
    );
  }
}

/**
 * Runs `start`, which opens the backend, in surroundings in which its threads work: the global `Worker` is the class
 * above, and the number of cores reads double, because the backend halves it and takes no more threads than that.
 */
export async function withPackageWorkers<Result>(
  threads: number,
  start: () => Promise<Result>,
): Promise<Result> {
  const workerBefore = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  const cpusBefore = os.cpus;
  // The backend assigns Node's own class to this name on its way; that must have no effect.
  Object.defineProperty(globalThis, 'Worker', {
    configurable: true,
    get: () => PackageWorker,
    set: () => undefined,
  });
  os.cpus = () => Array.from({ length: 2 * threads }, () => cpusBefore()[0]);
  try {
    return await start();
  } finally {
    os.cpus = cpusBefore;
    if (workerBefore) Object.defineProperty(globalThis, 'Worker', workerBefore);
    else Reflect.deleteProperty(globalThis, 'Worker');
  }
}

/** Dismisses the workers that the backend started and does not compute on. */
export async function dismissIdleWorkers(module: ThreadedModule): Promise<void> {
  const idle = module.PThread.unusedWorkers;
  module.PThread.unusedWorkers = [];
  await Promise.all(idle.map((worker) => worker.terminate()));
  // A finished program must be able to end; the backend marks computing threads as needed.
  for (const worker of module.PThread.runningWorkers) worker.unref();
}
