import type { EngineName } from '../engine-names.ts';

/** A step to be timed, named so that another process can build it. */
export interface StepProbe {
  /** URL of a module that exports `createProbeStep(parameters): () => Promise<void>`. */
  readonly module: string;
  /** Handed to `createProbeStep`; plain data. */
  readonly parameters: unknown;
  /** An engine that has not been timed by then is too slow; default 30 s. */
  readonly limitMs?: number;
}

/** What the asking process sends to the probe. */
export type ProbeRequest =
  | { readonly kind: 'open'; readonly engine: EngineName }
  | { readonly kind: 'check' }
  | { readonly kind: 'time'; readonly step: StepProbe };

/** What the probe answers, once per request. */
export type ProbeReply =
  | {
      readonly kind: 'opened';
      readonly device: string;
      readonly version: string;
      readonly deterministic: boolean;
    }
  | { readonly kind: 'checked'; readonly largestError: number }
  | { readonly kind: 'timed'; readonly stepsPerSecond: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly remedy: string };
