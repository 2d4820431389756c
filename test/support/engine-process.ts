import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '../../core/engine/engine-names.ts';
import type { EngineParity } from './parity-child.ts';

/** Chromium brings a Vulkan loader and a GPU that is simulated on the processor: slow, and right. */
const SWIFTSHADER_FOLDER = '/usr/lib/chromium';

/**
 * Surroundings for a process that opens an engine: with SwiftShader as the GPU of `webgpu` where it is installed and no
 * driver was chosen by whoever runs this.
 */
export function engineEnvironment(name: EngineName): NodeJS.ProcessEnv {
  const driver = join(SWIFTSHADER_FOLDER, 'vk_swiftshader_icd.json');
  if (name !== 'webgpu' || process.env.VK_ICD_FILENAMES !== undefined || !existsSync(driver))
    return process.env;
  const folders = [SWIFTSHADER_FOLDER, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: folders };
}

/** Measures an engine in a process of its own, which must end by itself once the engine is disposed of. */
export async function measureParity(name: EngineName): Promise<EngineParity> {
  const child = fork(join(import.meta.dirname, 'parity-child.ts'), [name], {
    env: engineEnvironment(name),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return await new Promise((resolve, reject) => {
    let parity: EngineParity | undefined;
    child.on('message', (message) => (parity = message as EngineParity));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0 && parity) resolve(parity);
      else reject(new Error(`The process of "${name}" ended with ${code}: ${errors}`));
    });
  });
}
