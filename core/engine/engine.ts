// Registers the gradients of all operations; tfjs-core for Node comes without them.
import '@tensorflow/tfjs';
import { StudioError, messageOf } from '../base/studio-error.ts';
import type { EngineName } from './engine-names.ts';

/** What computes in this process. There is one at a time, because the registry of TensorFlow.js is global. */
export interface Engine {
  readonly name: EngineName;
  /** The hardware in words: "NVIDIA GeForce RTX 4070", "CPU, 2 threads". */
  readonly device: string;
  /** What it was built from, in words; a change may change speed and last digits. */
  readonly version: string;
  /** True where two runs with the same seed are bit-identical. */
  readonly deterministic: boolean;
  /**
   * Settles with a reason when the device has failed: it is gone (a reset GPU driver, an unplugged card), or it refused
   * a command. Whatever was computed since the last read-back is then worthless. Never settles on an engine that cannot
   * lose its device.
   */
  readonly lost: Promise<string>;
  /** Frees the backend and everything on it. Safe to call twice. */
  dispose(): void;
}

export interface EngineOptions {
  /** CPU threads; default: all cores. Ignored by engines that compute on a GPU. */
  readonly threads?: number;
  /** Name of the GPU to use where there are several; default: the fastest. Only `webgpu` can choose. */
  readonly gpu?: string;
}

/** The engine that computes in this process, or is about to. */
let openName: EngineName | undefined;

/**
 * Opens an engine and makes it the backend that `@tensorflow/tfjs-core` computes on in this process, with every kernel
 * that training needs.
 *
 * @throws StudioError 'engine' that says why it cannot be had here and what to do; 'busy' while another one is open
 */
export async function openEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  if (openName !== undefined) {
    throw new StudioError(
      'busy',
      `The engine "${name}" cannot be opened while "${openName}" is open: there is one in a process at a time.`,
      { remedy: 'Wait until the work under way is done.', details: { engine: name, open: openName } },
    );
  }
  openName = name;
  try {
    const engine = await startEngine(name, options);
    let isOpen = true;
    return {
      ...engine,
      dispose() {
        if (!isOpen) return;
        isOpen = false;
        openName = undefined;
        engine.dispose();
      },
    };
  } catch (error) {
    openName = undefined;
    throw error;
  }
}

async function startEngine(name: EngineName, options: EngineOptions): Promise<Engine> {
  try {
    switch (name) {
      case 'wasm':
        return await (await import('./wasm/open-wasm.ts')).openWasm(options);
      case 'tensorflow':
        return await (await import('./tensorflow/open-tensorflow.ts')).openTensorflow(options);
      case 'webgpu':
        return await (await import('./webgpu/open-webgpu.ts')).openWebgpu(options);
    }
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw new StudioError('engine', `The engine "${name}" could not be started: ${messageOf(error)}`, {
      remedy:
        'Run "simgan doctor" to see which engines work on this machine, and choose another with --engine.',
      details: { engine: name },
      cause: error,
    });
  }
}
