import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../base/atomic-file.ts';
import { cacheFolder } from '../base/cache-folder.ts';
import { StudioError } from '../base/studio-error.ts';
import { ENGINE_NAMES, type EngineName } from './engine-names.ts';
import { CORRECTNESS_LIMIT } from './probe/correctness.ts';
import { defaultProbe } from './probe/default-probe.ts';
import { probeEngine, type Measurement, type ProbeResult } from './probe/probe-engine.ts';
import type { StepProbe } from './probe/probe-messages.ts';

export type { StepProbe } from './probe/probe-messages.ts';

/** What is known of one engine on this machine. */
export type EngineReport =
  | { readonly name: EngineName; readonly state: 'missing'; readonly reason: string; readonly remedy: string }
  | ({
      readonly name: EngineName;
      /** `wrong`: it computes, but its numbers are not right; it is never chosen. */
      readonly state: 'works' | 'wrong';
      readonly device: string;
      readonly version: string;
      readonly deterministic: boolean;
    } & Measurement);

export interface EngineChoice {
  readonly name: EngineName;
  /** Why this one, in a sentence. */
  readonly reason: string;
  readonly reports: readonly EngineReport[];
}

interface ListOptions {
  readonly probe?: StepProbe;
  /** Measures again what is remembered. */
  readonly fresh?: boolean;
  /** Told of every engine as soon as it was tried. */
  readonly onReport?: (report: EngineReport) => void;
}

/**
 * Tries every engine, each in a process of its own: is it there, on what device, are its numbers right, how fast is
 * it. What was measured is remembered per device, version and step, in the user's cache.
 */
export async function listEngines({ probe: step = defaultProbe, fresh, onReport }: ListOptions = {}): Promise<
  EngineReport[]
> {
  const reports: EngineReport[] = [];
  // In turn, because together they would take the cores from one another.
  for (const name of ENGINE_NAMES) {
    const report = await reportOn(name, { step, isTimed: true, fresh });
    onReport?.(report);
    reports.push(report);
  }
  return reports;
}

/**
 * Chooses the engine to compute on: the one that is asked for, whose numbers must be right and which may be as slow as it
 * is, or with `auto` the fastest whose numbers are right.
 *
 * @param options.onWait told what is waited for, before it takes long
 * @throws StudioError 'engine' if the engine asked for, or every engine, is missing or wrong
 */
export async function chooseEngine(options: {
  readonly preference: 'auto' | EngineName;
  readonly probe?: StepProbe;
  readonly onWait?: (text: string) => void;
}): Promise<EngineChoice> {
  const { preference, probe = defaultProbe, onWait } = options;
  if (preference !== 'auto') {
    const report = await reportOn(preference, { step: probe, isTimed: false, onWait });
    if (report.state !== 'works') throw unusable(report);
    return { name: preference, reason: 'It was asked for.', reports: [report] };
  }
  const reports = await listEngines({ probe });
  const working = reports.flatMap((report) => (report.state === 'works' ? [report] : []));
  const best = working.toSorted((a, b) => (b.stepsPerSecond ?? 0) - (a.stepsPerSecond ?? 0)).at(0);
  if (!best) {
    throw new StudioError('engine', `No engine works on this machine. ${reports.map(explain).join(' ')}`, {
      remedy: 'Run "simgan doctor" and see what each of them lacks.',
    });
  }
  const others = reports.filter((report) => report !== best).map(explain);
  return {
    name: best.name,
    reason: [`The fastest that computes rightly here: ${describe(best)}.`, ...others].join(' '),
    reports,
  };
}

type PresentReport = Extract<EngineReport, Measurement>;

function describe(report: PresentReport): string {
  const where = `${report.name} on ${report.device}`;
  if (report.stepsPerSecond === undefined) return where;
  if (report.stepsPerSecond === 0) return `${where}, too slow to be timed`;
  return `${where}, ${report.stepsPerSecond.toPrecision(3)} probe steps/s`;
}

function explain(report: EngineReport): string {
  switch (report.state) {
    case 'missing':
      return `${report.name} is missing: ${report.reason}`;
    case 'wrong':
      return `${report.name} on ${report.device} computes wrongly (off by ${report.largestError.toPrecision(2)}).`;
    case 'works':
      return `${describe(report)}.`;
  }
}

function unusable(report: EngineReport): StudioError {
  if (report.state === 'missing') {
    return new StudioError('engine', `The engine "${report.name}" cannot be used: ${report.reason}`, {
      remedy: report.remedy || OTHER_ENGINE,
    });
  }
  return new StudioError('engine', explain(report), {
    remedy: `Update the driver of ${report.device}, or choose another engine with --engine.`,
    details: { largestError: report.largestError },
  });
}

const OTHER_ENGINE =
  'Run "simgan doctor" to see which engines work on this machine, and choose one with --engine.';

interface ReportOptions {
  readonly step: StepProbe;
  readonly isTimed: boolean;
  readonly fresh?: boolean | undefined;
  readonly onWait?: ((text: string) => void) | undefined;
}

async function reportOn(
  name: EngineName,
  { step, isTimed, fresh = false, onWait }: ReportOptions,
): Promise<EngineReport> {
  const memory = fresh ? {} : readMemory();
  const result: ProbeResult = await probeEngine(name, {
    step: isTimed ? step : undefined,
    recall: (device, version) => memory[keyOf(name, device, version, step)],
    onCheck: (device) =>
      onWait?.(`Checking the numbers of ${name} on ${device}, once for this device and version …`),
  });
  if (!result.found)
    return { name, state: 'missing', reason: asSentence(result.reason), remedy: result.remedy };
  const { device, version, deterministic, measurement } = result;
  await remember(keyOf(name, device, version, step), measurement);
  // Written so that NaN is wrong.
  const state = measurement.largestError <= CORRECTNESS_LIMIT ? 'works' : 'wrong';
  return { name, state, device, version, deterministic, ...measurement };
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

const memorySchema = z.record(
  z.string(),
  z.object({ largestError: z.number(), stepsPerSecond: z.number().optional() }),
);
type Memory = Readonly<Record<string, Measurement | undefined>>;

function memoryPath(): string {
  return join(cacheFolder(), 'engine-speed.json');
}

function keyOf(name: EngineName, device: string, version: string, probe: StepProbe): string {
  const what = JSON.stringify([name, device, version, probe.module, probe.parameters]);
  return createHash('sha256').update(what).digest('hex').slice(0, 32);
}

/** What was measured before; a file that cannot be read costs a second of measuring and nothing else. */
function readMemory(): Memory {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(memoryPath(), 'utf8')));
  } catch {
    return {};
  }
}

async function remember(key: string, measurement: Measurement): Promise<void> {
  if (!Number.isFinite(measurement.largestError)) return;
  try {
    await writeFileAtomic(memoryPath(), JSON.stringify({ ...readMemory(), [key]: measurement }, null, 2));
  } catch {
    // A read-only home folder must not stop anybody from training.
  }
}
