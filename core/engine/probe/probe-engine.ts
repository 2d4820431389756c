import { fork, type ChildProcess } from 'node:child_process';
import type { EngineName } from '../engine.ts';
import type { ProbeReply, ProbeRequest, StepProbe } from './probe-messages.ts';

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
  const child = fork(new URL('./probe-child.ts', import.meta.url), {
    // A library that writes to the terminal must not spoil the program's own output.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
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
    child.kill('SIGKILL');
  }
}

function notFound(reply: ProbeReply): ProbeResult {
  return reply.kind === 'failed'
    ? { found: false, reason: reply.reason, remedy: reply.remedy }
    : { found: false, reason: `it answered "${reply.kind}" out of turn`, remedy: '' };
}

/** Requests to the child, one at a time; its death or silence is an answer too. */
function connect(child: ChildProcess): (request: ProbeRequest) => Promise<ProbeReply> {
  let standardError = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    standardError = (standardError + text).slice(-2000);
  });
  return (request) =>
    new Promise((resolve) => {
      const settle = (reply: ProbeReply): void => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('exit').removeAllListeners('error');
        resolve(reply);
      };
      const fail = (reason: string): void => settle({ kind: 'failed', reason, remedy: '' });
      const timer = setTimeout(
        () => fail(`no answer within ${ANSWER_LIMIT_MS / 1000} seconds`),
        ANSWER_LIMIT_MS,
      );
      child.on('message', (reply) => settle(reply as ProbeReply));
      child.on('error', (error) => fail(`its process could not be started (${error.message})`));
      child.on('exit', (code, signal) => {
        const lastLine = standardError.trim().split('\n').at(-1) ?? '';
        fail(`its process ended with ${signal ?? `code ${String(code)}`}${lastLine && `: ${lastLine}`}`);
      });
      child.send(request, (error) => {
        if (error) fail(`its process does not listen (${error.message})`);
      });
    });
}
