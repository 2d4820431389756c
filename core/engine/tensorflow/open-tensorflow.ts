import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { StudioError, messageOf, systemCodeOf } from '../../base/studio-error.ts';
import { activateBackend } from '../backend-lifetime.ts';
import { cpuName } from '../device-name.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { registerTensorflowKernels } from './register-kernels.ts';

/** The parts of tfjs-node's backend that are read here. */
interface NodeBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];
/** The installer of tfjs-node puts the library beside the addon only where Node-API's version is 8. */
const WINDOWS_REMEDY =
  'On Windows, tensorflow.dll belongs beside the addon: copy node_modules/@tensorflow/tfjs-node/deps/lib/tensorflow.dll into node_modules/@tensorflow/tfjs-node/lib/napi-v8.';
const SETUP_REMEDY =
  'Run "npm run setup:tensorflow" (with -- --gpu for an NVIDIA card) to install TensorFlow for this program, or use --engine wasm.';

/**
 * Opens native TensorFlow, the GPU package if it is installed and loads. The library reads its settings once, so the
 * number of threads of the first opening holds for the process.
 */
export async function openTensorflow(options: EngineOptions): Promise<Engine> {
  const threads = options.threads ?? availableParallelism();
  // TensorFlow and CUDA read these when they are loaded.
  Object.assign(process.env, {
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_NUM_INTRAOP_THREADS: String(threads),
    // What fails is thrown; what is left are the registrations of plugins, three of them called errors.
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '3',
    // Ten bits of mantissa would make the numbers other than on every other engine.
    NVIDIA_TF32_OVERRIDE: process.env.NVIDIA_TF32_OVERRIDE ?? '0',
  });
  restoreRemovedUtilities();
  const fellBackFrom = loadBinding();
  registerTensorflowKernels();
  const dispose = await activateBackend('tensorflow');
  const backend = tf.backend() as NodeBackend;
  return {
    name: 'tensorflow',
    device: (backend.isUsingGpuDevice ? gpuName() : cpuName(threads)) + fellBackFrom,
    version: `TensorFlow ${backend.binding.TF_Version}`,
    deterministic: !backend.isUsingGpuDevice,
    lost: new Promise(() => undefined),
    dispose,
  };
}

/** tfjs-node 4.22 calls a function that Node 23 took away; nothing after 4.22 was released. */
function restoreRemovedUtilities(): void {
  if ('isNullOrUndefined' in util) return;
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
}

/** Loads the first package that can be; the reason why a better one could not, in brackets, or ''. */
function loadBinding(): string {
  const load = createRequire(import.meta.url);
  const failures: { name: string; reason: string; installed: boolean }[] = [];
  for (const name of packages) {
    try {
      load(name);
      const broken = failures.filter(({ installed }) => installed);
      return broken.map(({ name: other, reason }) => ` (${other}: ${reason})`).join('');
    } catch (error) {
      const installed = !(
        systemCodeOf(error) === 'MODULE_NOT_FOUND' && messageOf(error).includes(`'${name}'`)
      );
      failures.push({ name, installed, reason: installed ? reasonOf(error) : 'not installed' });
    }
  }
  const reasons = failures.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new StudioError('engine', `TensorFlow is not available here (${reasons}).`, {
    remedy: process.platform === 'win32' ? `${SETUP_REMEDY} ${WINDOWS_REMEDY}` : SETUP_REMEDY,
    details: { engine: 'tensorflow' },
  });
}

function reasonOf(error: unknown): string {
  const message = messageOf(error).split('\n')[0].trim();
  if (message.includes('native addon module')) return 'installed without its native part';
  return systemCodeOf(error) === 'ERR_DLOPEN_FAILED' ? `its native part does not load: ${message}` : message;
}

/** TensorFlow knows the name of its GPU but does not hand it out to addons; the driver's own tool does. */
function gpuName(): string {
  try {
    const names = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
      encoding: 'utf8',
    });
    return names.trim().split('\n')[0] || 'GPU';
  } catch {
    return 'GPU';
  }
}
