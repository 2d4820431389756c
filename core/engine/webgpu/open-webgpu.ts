import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { StudioError, messageOf, systemCodeOf } from '../../base/studio-error.ts';
import { activateBackend } from '../backend-lifetime.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { registerWebgpuKernels } from './register-kernels.ts';

const OTHER_ENGINE = 'use --engine wasm.';
const DRIVER_REMEDY = `Install the GPU's current driver with Vulkan (Linux, Windows) or update the system (macOS), or ${OTHER_ENGINE}`;

/** What the backend asks for beyond the least that every GPU has: all that this one can do. */
const raisedLimits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/**
 * Opens a GPU of any vendor by Vulkan, Metal or Direct3D 12, through Dawn. Values come back only asynchronously here
 * (`await tensor.data()`, never `dataSync`), and the program does not end before the engine is disposed of.
 */
export async function openWebgpu(options: EngineOptions): Promise<Engine> {
  refuseInElectron();
  const dawn = await loadDawn();
  const gpu = dawn.create(options.gpu === undefined ? [] : [`adapter=${options.gpu}`]);
  const adapter = await requestAdapter(gpu);
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(raisedLimits.map((limit) => [limit, adapter.limits[limit]])),
  });
  const failure = watchDevice(device);
  // The backend looks for both where a browser has them.
  Object.assign(globalThis, dawn.globals);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const webgpu = await import('@tensorflow/tfjs-backend-webgpu');
  registerWebgpuKernels();
  // The backend's own factory would open a device of its own, whose loss nobody would see.
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => refuseAfter(failure, new webgpu.WebGPUBackend(device, adapter.info)));
  const freeBackend = await activateBackend('webgpu');
  let open = true;
  return {
    name: 'webgpu',
    device: nameOf(adapter.info),
    version: `tfjs-backend-webgpu ${packageVersion('@tensorflow/tfjs-backend-webgpu')}, Dawn ${packageVersion('webgpu')}`,
    // No kernel of the backend adds with atomics while training.
    deterministic: true,
    lost: failure.happened.then((reason) => (open ? reason : new Promise<string>(() => undefined))),
    dispose() {
      if (!open) return;
      open = false;
      freeBackend();
      device.destroy();
      // Dawn lives as long as this reference.
      Reflect.deleteProperty(globalThis.navigator, 'gpu');
    },
  };
}

interface DeviceFailure {
  readonly happened: Promise<string>;
  /** Why nothing that the device gives is worth anything any more; undefined while all is well. */
  reason: string | undefined;
}

/**
 * Notices that the device is gone, and that it refused a command: WebGPU drops such a command, and all that was handed
 * over with it, and goes on with what the memory holds.
 */
function watchDevice(device: GPUDevice): DeviceFailure {
  const refused = new Promise<string>((resolve) => {
    device.addEventListener('uncapturederror', ({ error }) => {
      resolve(`it refused a command (${error.message.split('\n')[0]})`);
    });
  });
  const gone = device.lost.then(({ message, reason }) => message || reason);
  const failure: DeviceFailure = { happened: Promise.race([gone, refused]), reason: undefined };
  void failure.happened.then((reason) => (failure.reason = reason));
  return failure;
}

/** A backend that gives no values once the device has failed. */
function refuseAfter(failure: DeviceFailure, backend: WebGPUBackend): WebGPUBackend {
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const values = await read(dataId);
    if (failure.reason === undefined) return values;
    throw new StudioError('engine', `The GPU failed: ${failure.reason}`, {
      remedy: `Update the GPU's driver, or ${OTHER_ENGINE}`,
      details: { engine: 'webgpu' },
    });
  };
  return backend;
}

/**
 * Dawn's Node binding hands out memory of its own as ArrayBuffers, which Electron forbids since version 21 ("External
 * buffers are not allowed"; dawn-gpu/node-webgpu issue 5).
 */
function refuseInElectron(): void {
  if (process.versions.electron === undefined) return;
  throw new StudioError(
    'engine',
    'WebGPU cannot be used in the desktop window: Electron forbids its buffers.',
    {
      remedy:
        'Use the engine wasm or tensorflow here. WebGPU works in the browser window: "npx simgan serve".',
      details: { engine: 'webgpu' },
    },
  );
}

async function loadDawn(): Promise<typeof import('webgpu')> {
  try {
    return await import('webgpu');
  } catch (error) {
    const missing = systemCodeOf(error) === 'ERR_MODULE_NOT_FOUND';
    const reason = missing ? 'the package "webgpu" is not installed' : messageOf(error).split('\n')[0];
    throw new StudioError('engine', `WebGPU is not available here: ${reason}.`, {
      remedy: missing ? `Run "npm ci" without --omit=optional, or ${OTHER_ENGINE}` : DRIVER_REMEDY,
      details: { engine: 'webgpu' },
      cause: error,
    });
  }
}

async function requestAdapter(gpu: GPU): Promise<GPUAdapter> {
  let reason = 'no GPU with a driver that can be used was found';
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter) return adapter;
  } catch (error) {
    reason = messageOf(error);
  }
  throw new StudioError('engine', `WebGPU is not available here: ${reason}.`, {
    remedy: DRIVER_REMEDY,
    details: { engine: 'webgpu' },
  });
}

function nameOf(info: GPUAdapterInfo): string {
  return (
    info.description || info.device || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'GPU'
  );
}

function packageVersion(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
}
