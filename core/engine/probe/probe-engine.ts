import type { EngineName } from '../engine-names.ts';
import type { ProbeReply, ProbeRequest, StepProbe } from './probe-messages.ts';
import { launchProbe, type ProbeProcess } from './probe-process.ts';

/** Long enough for a first start from a cold disk and for a GPU that compiles its kernels. */
const ANSWER_LIMIT_MS = 120_000;

export interface Measurement {
  /** Against float64, as a share of the largest value of an array. */
  readonly largestError: number;
  readonly stepsPerSecond: number;
}

/** What an engine is, found out in a process of its own. */
export type ProbeResult =
  | {
      readonly found: true;
      readonly device: string;
      readonly version: string;
      readonly deterministic: boolean;
      readonly measurement: Measurement;
    }
  | { readonly found: false; readonly reason: string; readonly remedy: string };

/**
 * Opens an engine in a child process, checks its numbers and times the step.
 *
 * @param recall gives an earlier measurement of this device and version, if there is one, and saves measuring again
 */
export async function probeEngine(
  engine: EngineName,
  step: StepProbe,
  recall: (device: string, version: string) => Measurement | undefined,
): Promise<ProbeResult> {
  const child = launchProbe();
  try {
    const ask = connect(child);
    const opened = await ask({ kind: 'open', engine });
    if (opened.kind !== 'opened') return notFound(opened);
    const { device, version, deterministic } = opened;
    const known = recall(device, version);
    if (known) return { found: true, device, version, deterministic, measurement: known };
    const measured = await ask({ kind: 'measure', step });
    if (measured.kind !== 'measured') return notFound(measured);
    const { largestError, stepsPerSecond } = measured;
    return { found: true, device, version, deterministic, measurement: { largestError, stepsPerSecond } };
  } finally {
    child.kill();
  }
}

function notFound(reply: ProbeReply): ProbeResult {
  return reply.kind === 'failed'
    ? { found: false, reason: reply.reason, remedy: reply.remedy }
    : { found: false, reason: `it answered "${reply.kind}" out of turn`, remedy: '' };
}

/** Requests to the child, one at a time; its death or silence is an answer too. */
function connect(child: ProbeProcess): (request: ProbeRequest) => Promise<ProbeReply> {
  let standardError = '';
  let settle: (reply: ProbeReply) => void = () => undefined;
  let death: string | undefined;
  const fail = (reason: string): void => settle({ kind: 'failed', reason, remedy: '' });
  child.onStandardError((text) => {
    standardError = (standardError + text).slice(-2000);
  });
  child.onMessage((reply) => settle(reply as ProbeReply));
  child.onExit(({ code, signal }) => {
    const lastLine = standardError.trim().split('\n').at(-1) ?? '';
    death = `its process ended with ${signal ?? `code ${String(code)}`}${lastLine && `: ${lastLine}`}`;
    fail(death);
  });
  return (request) =>
    new Promise((resolve) => {
      const timer = setTimeout(
        () => fail(`no answer within ${ANSWER_LIMIT_MS / 1000} seconds`),
        ANSWER_LIMIT_MS,
      );
      settle = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
      if (death === undefined) child.send(request);
      else fail(death);
    });
}
