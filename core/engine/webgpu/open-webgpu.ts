import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
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
  const dawn = await loadDawn();
  const gpu = dawn.create(options.gpu === undefined ? [] : [`adapter=${options.gpu}`]);
  const adapter = await requestAdapter(gpu);
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(raisedLimits.map((limit) => [limit, adapter.limits[limit]])),
  });
  // The backend looks for both where a browser has them.
  Object.assign(globalThis, dawn.globals);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  registerWebgpuKernels();
  // The backend's own factory would open a device of its own, whose loss nobody would see.
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  const freeBackend = await activateBackend('webgpu');
  let open = true;
  return {
    name: 'webgpu',
    device: nameOf(adapter.info),
    version: `tfjs-backend-webgpu ${packageVersion('@tensorflow/tfjs-backend-webgpu')}, Dawn ${packageVersion('webgpu')}`,
    // No kernel of the backend adds with atomics while training.
    deterministic: true,
    lost: device.lost.then(({ message, reason }) =>
      open ? message || reason : new Promise<string>(() => undefined),
    ),
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
