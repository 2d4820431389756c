import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import { activateBackend } from '../backend-lifetime.ts';
import { cpuName } from '../device-name.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { registerWasmKernels } from './register-kernels.ts';
import { MAX_THREADS, dismissIdleWorkers, withPackageWorkers } from './threads.ts';

interface BackendWithThreads {
  readonly wasm: Parameters<typeof dismissIdleWorkers>[0];
}

/** Opens the embedded engine: XNNPACK compiled to WebAssembly with SIMD and threads, nothing to install. */
export async function openWasm(options: EngineOptions): Promise<Engine> {
  const threads = Math.min(options.threads ?? availableParallelism(), MAX_THREADS);
  wasm.setWasmPaths(binaryFolder());
  registerWasmKernels();
  // tfjs says no for every Node, since it cannot start the threads there itself.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 1);
  wasm.setThreadsCount(threads);
  const dispose = await withPackageWorkers(threads, () => activateBackend('wasm'));
  if (threads > 1) await dismissIdleWorkers((tf.backend() as unknown as BackendWithThreads).wasm);
  return {
    name: 'wasm',
    device: cpuName(threads),
    version: `tfjs-backend-wasm ${wasm.version_wasm}`,
    // Threads share out the elements of a result and never the sum of one.
    deterministic: true,
    lost: new Promise(() => undefined),
    dispose,
  };
}

/** The folder of the package's own .wasm files, so that nothing is fetched. */
function binaryFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep;
}
