/** The TensorFlow.js backends that can train: native TensorFlow, WebGPU, and the embedded one. */
export const ENGINE_NAMES = ['tensorflow', 'webgpu', 'wasm'] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];
