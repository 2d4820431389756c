import type { JobKind } from '../service/jobs.ts';
import type { StudioJob } from './job.ts';

/**
 * What each kind of job does. Loaded when the first of its kind begins, so that a process that reads files does not hold
 * TensorFlow.js.
 */
export const jobTable = {
  import: async () => (await import('./import.ts')).importJob,
  simulate: async () => (await import('./simulate.ts')).simulateJob,
  'check-files': async () => (await import('./check-files.ts')).checkFilesJob,
  health: async () => (await import('./health.ts')).healthJob,
  map: async () => (await import('./map.ts')).mapJob,
  'sample-library': async () => (await import('./sample-library.ts')).sampleLibraryJob,
  train: async () => (await import('./train.ts')).trainJob,
  preflight: async () => (await import('./preflight.ts')).preflightJob,
  probe: async () => (await import('./probe.ts')).probeJob,
  prove: async () => (await import('./prove.ts')).proveJob,
  refine: async () => (await import('./refine.ts')).refineJob,
  evaluate: async () => (await import('./evaluate.ts')).evaluateJob,
  dial: async () => (await import('./dial.ts')).dialJob,
  ask: async () => (await import('./ask.ts')).askJob,
  export: async () => (await import('./export.ts')).exportJob,
  verify: async () => (await import('./verify.ts')).verifyJob,
  engines: async () => (await import('./engines.ts')).enginesJob,
} satisfies Record<JobKind, () => Promise<StudioJob>>;
