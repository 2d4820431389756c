import { setTimeout as sleep } from 'node:timers/promises';
import type { InputOf, OutputOf, StudioClient } from '../../core/contract/contract.ts';

type Job = OutputOf<'jobs.get'>;
type Run = OutputOf<'runs.get'>;
type Config = OutputOf<'runs.presets'>[number]['config'];

const PATIENCE_MS = 90_000;
const ENDED: ReadonlySet<Job['status']> = new Set(['done', 'cancelled', 'failed']);
const AT_REST: ReadonlySet<Run['status']> = new Set(['done', 'stopped', 'failed', 'interrupted']);

/** What is asked for, as soon as it is as wanted; an error that shows it where that takes too long. */
export async function until<Value>(
  read: () => Promise<Value>,
  isWanted: (value: Value) => boolean,
  intervalMs = 50,
): Promise<Value> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (isWanted(value)) return value;
    if (performance.now() > deadlineMs)
      throw new Error(`Waited in vain; last seen: ${JSON.stringify(value)}`);
    await sleep(intervalMs);
  }
}

/** The job, when it has ended in any way. */
export function jobEnded(studio: StudioClient, id: number): Promise<Job> {
  return until(
    () => studio.jobs.get({ id }),
    ({ status }) => ENDED.has(status),
  );
}

/** The job, when it is at work and has got somewhere, or has ended. */
export function jobAtWork(studio: StudioClient, id: number): Promise<Job> {
  const isUnderWay = ({ status, progress }: Job): boolean =>
    ENDED.has(status) || (status === 'running' && (progress?.done ?? 0) > 0);
  return until(() => studio.jobs.get({ id }), isUnderWay, 10);
}

/** The run, when nobody trains it any more. */
export function runEnded(studio: StudioClient, id: number): Promise<Run> {
  return until(
    () => studio.runs.get({ id }),
    ({ status }) => AT_REST.has(status),
  );
}

/** Simulated eyes of both looks, so many of each. */
export async function simulateBoth(studio: StudioClient, count: number): Promise<void> {
  const eyes = { subject: 'eye', count, seed: 1, widthPx: 55, heightPx: 35 } as const;
  for (const [name, look] of [
    ['drawn', 'render'],
    ['seen', 'camera'],
  ] as const) {
    const { jobId } = await studio.simulate.start({ ...eyes, name, look });
    const { failure } = await jobEnded(studio, jobId);
    if (failure) throw new Error(failure.message);
  }
}

/** A training of the preset "test" on the two datasets of the library. */
export async function order(
  studio: StudioClient,
  changes: Partial<Config> = {},
): Promise<InputOf<'runs.start'>> {
  const sets = await studio.datasets.list({});
  const presets = await studio.runs.presets({});
  const idOf = (role: 'synthetic' | 'real'): number => sets.find((set) => set.role === role)?.id ?? 0;
  const config = presets.find(({ name }) => name === 'test')?.config;
  if (!config) throw new Error('There is no preset "test".');
  return {
    name: null,
    config: { ...config, ...changes },
    syntheticDatasetId: idOf('synthetic'),
    realDatasetId: idOf('real'),
    preprocessing: null,
    engine: 'wasm',
    threads: 1,
  };
}
