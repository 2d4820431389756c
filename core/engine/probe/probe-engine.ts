import type { EngineName } from '../engine-names.ts';
import type { ProbeReply, ProbeRequest, StepProbe } from './probe-messages.ts';
import { launchProbe, type ProbeProcess } from './probe-process.ts';

/** Long enough for a first start from a cold disk and for a GPU that compiles its kernels. */
const ANSWER_LIMIT_MS = 120_000;
/** Whoever insists on an engine may wait for it: a simulated GPU needs minutes on a busy machine. */
const PATIENT_LIMIT_MS = 900_000;
const TIMING_LIMIT_MS = 30_000;

export interface Measurement {
  /** Against float64, as a share of the largest value of an array. */
  readonly largestError: number;
  /** 0 where the limit passed before it was timed; undefined where it was not asked for. */
  readonly stepsPerSecond?: number | undefined;
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

interface ProbeOptions {
  /** Timed where it is there; else only the numbers are checked, and that may take long. */
  readonly step: StepProbe | undefined;
  /** An earlier measurement of this device and version, if there is one: what it holds is not measured again. */
  readonly recall: (device: string, version: string) => Measurement | undefined;
  /** Told before the numbers of a device are checked. */
  readonly onCheck: (device: string) => void;
}

/** Opens an engine in a child process, checks its numbers first, and then times the step. */
export async function probeEngine(engine: EngineName, options: ProbeOptions): Promise<ProbeResult> {
  const { step, recall, onCheck } = options;
  const child = launchProbe();
  try {
    const ask = connect(child);
    const opened = await ask({ kind: 'open', engine }, ANSWER_LIMIT_MS);
    if (opened.kind !== 'opened') return notFound(opened);
    const { device, version, deterministic } = opened;
    const found = (measurement: Measurement): ProbeResult => ({
      ...{ found: true, device, version, deterministic },
      measurement,
    });
    let { largestError, stepsPerSecond } = recall(device, version) ?? {};
    if (largestError === undefined) {
      onCheck(device);
      const checked = await ask({ kind: 'check' }, step ? ANSWER_LIMIT_MS : PATIENT_LIMIT_MS);
      if (checked.kind !== 'checked') return notFound(checked, `on ${device}`);
      ({ largestError } = checked);
    }
    if (step && stepsPerSecond === undefined) {
      const timed = await ask({ kind: 'time', step }, step.limitMs ?? TIMING_LIMIT_MS);
      if (timed.kind === 'silent') stepsPerSecond = 0;
      else if (timed.kind === 'timed') ({ stepsPerSecond } = timed);
      else return notFound(timed, `on ${device}`);
    }
    return found({ largestError, stepsPerSecond });
  } finally {
    child.kill();
  }
}

/** No answer in time. */
interface Silence {
  readonly kind: 'silent';
  readonly limitMs: number;
}

function notFound(reply: ProbeReply | Silence, where = ''): ProbeResult {
  switch (reply.kind) {
    case 'failed':
      return { found: false, reason: reply.reason, remedy: reply.remedy };
    case 'silent':
      return {
        found: false,
        reason: `it was tried${where && ` ${where}`} and gave no answer within ${reply.limitMs / 1000} seconds`,
        remedy: 'Try again when the machine is less busy, or choose another engine with --engine.',
      };
    case 'opened':
    case 'checked':
    case 'timed':
      return { found: false, reason: `it answered "${reply.kind}" out of turn`, remedy: '' };
  }
}

/** Requests to the child, one at a time; its death or silence is an answer too. */
function connect(
  child: ProbeProcess,
): (request: ProbeRequest, limitMs: number) => Promise<ProbeReply | Silence> {
  let standardError = '';
  let settle: (reply: ProbeReply | Silence) => void = () => undefined;
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
  return (request, limitMs) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => settle({ kind: 'silent', limitMs }), limitMs);
      settle = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
      if (death === undefined) child.send(request);
      else fail(death);
    });
}
