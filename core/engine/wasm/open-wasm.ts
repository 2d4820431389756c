import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import type { Engine, EngineOptions } from '../engine.ts';
import { registerWasmKernels } from './register-kernels.ts';

/** Opens the embedded engine: XNNPACK compiled to WebAssembly, nothing to install. */
export async function openWasm(_options: EngineOptions): Promise<Engine> {
  wasm.setWasmPaths(binaryFolder());
  registerWasmKernels();
  await tf.setBackend('wasm');
  await tf.ready();
  return {
    name: 'wasm',
    device: 'CPU, 1 thread',
    version: `tfjs-backend-wasm ${wasm.version_wasm}`,
    deterministic: true,
    lost: new Promise(() => undefined),
    dispose: () => tf.removeBackend('wasm'),
  };
}

function binaryFolder(): string {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return join(dirname(main)) + sep;
}
