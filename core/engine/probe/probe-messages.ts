import type { EngineName } from '../engine-names.ts';

/** A step to be timed, named so that another process can build it. */
export interface StepProbe {
  /** URL of a module that exports `createProbeStep(parameters): () => Promise<void>`. */
  readonly module: string;
  /** Handed to `createProbeStep`; plain data. */
  readonly parameters: unknown;
}

/** What the asking process sends to the probe. */
export type ProbeRequest =
  | { readonly kind: 'open'; readonly engine: EngineName }
  | { readonly kind: 'measure'; readonly step: StepProbe };

/** What the probe answers, once per request. */
export type ProbeReply =
  | {
      readonly kind: 'opened';
      readonly device: string;
      readonly version: string;
      readonly deterministic: boolean;
    }
  | { readonly kind: 'measured'; readonly largestError: number; readonly stepsPerSecond: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly remedy: string };
