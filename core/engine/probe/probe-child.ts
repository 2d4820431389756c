import { StudioError, messageOf } from '../../base/studio-error.ts';
import { openEngine } from '../engine.ts';
import { measureLargestError } from './correctness.ts';
import type { ProbeReply, ProbeRequest, StepProbe } from './probe-messages.ts';

/**
 * The process in which an engine is tried: a native library cannot be taken out of a process again, and one that
 * crashes takes its process along.
 */

/** The first compiles what the others run. */
const WARM_UP_STEPS = 2;
const MEASURED_MS = 1000;

interface ProbeModule {
  readonly createProbeStep: (parameters: unknown) => () => Promise<void>;
}

async function answer(request: ProbeRequest): Promise<ProbeReply> {
  switch (request.kind) {
    case 'open': {
      const { device, version, deterministic } = await openEngine(request.engine);
      return { kind: 'opened', device, version, deterministic };
    }
    case 'check':
      return { kind: 'checked', largestError: await measureLargestError() };
    case 'time':
      return { kind: 'timed', stepsPerSecond: await measureSpeed(request.step) };
  }
}

async function measureSpeed(probe: StepProbe): Promise<number> {
  const { createProbeStep } = (await import(probe.module)) as ProbeModule;
  const step = createProbeStep(probe.parameters);
  const warmUpMs = performance.now();
  for (let warmUp = 0; warmUp < WARM_UP_STEPS; warmUp++) {
    await step();
    // An engine as slow as this is timed well enough with what it compiles.
    if (performance.now() - warmUpMs > MEASURED_MS) break;
  }
  const startMs = performance.now();
  let steps = 0;
  do {
    await step();
    steps++;
  } while (performance.now() - startMs < MEASURED_MS);
  return (steps * 1000) / (performance.now() - startMs);
}

/** Electron's utility process has a port of its own in place of `process.send`. */
const { parentPort } = process as typeof process & {
  readonly parentPort?: {
    postMessage(message: unknown): void;
    on(event: 'message', listener: (event: { readonly data: ProbeRequest }) => void): unknown;
  };
};

function serve(request: ProbeRequest): void {
  answer(request)
    .catch((error: unknown): ProbeReply => {
      const remedy = error instanceof StudioError ? error.remedy : '';
      return { kind: 'failed', reason: messageOf(error), remedy };
    })
    .then((reply) => (parentPort ? parentPort.postMessage(reply) : process.send?.(reply)))
    .catch(() => process.exit(1));
}

if (parentPort) parentPort.on('message', ({ data }: { readonly data: ProbeRequest }) => serve(data));
else process.on('message', (request: ProbeRequest) => serve(request));
