import { expect } from 'vitest';
import type { InputOf, OutputOf, StudioClient } from '../../core/contract/contract.ts';

type Job = OutputOf<'jobs.get'>;
type Run = OutputOf<'runs.get'>;
type Config = OutputOf<'runs.presets'>[number]['config'];

const PATIENCE = { timeout: 90_000, interval: 100 } as const;
const ENDED = ['done', 'cancelled', 'failed'];
const AT_REST = ['done', 'stopped', 'failed', 'interrupted'];

/** The job, when it has ended in any way. */
export async function jobEnded(studio: StudioClient, id: number): Promise<Job> {
  await expect.poll(async () => (await studio.jobs.get({ id })).status, PATIENCE).toBeOneOf(ENDED);
  return await studio.jobs.get({ id });
}

/** The job, when it is at work and has got somewhere. */
export async function jobAtWork(studio: StudioClient, id: number): Promise<Job> {
  const isUnderWay = async (): Promise<boolean> => {
    const { status, progress } = await studio.jobs.get({ id });
    return status === 'running' && (progress?.done ?? 0) > 0;
  };
  await expect.poll(isUnderWay, { ...PATIENCE, interval: 10 }).toBe(true);
  return await studio.jobs.get({ id });
}

/** The run, when nobody trains it any more. */
export async function runEnded(studio: StudioClient, id: number): Promise<Run> {
  await expect.poll(async () => (await studio.runs.get({ id })).status, PATIENCE).toBeOneOf(AT_REST);
  return await studio.runs.get({ id });
}

/** Simulated eyes of both looks, so many of each. */
export async function simulateBoth(studio: StudioClient, count: number): Promise<void> {
  const eyes = { subject: 'eye', count, seed: 1, widthPx: 55, heightPx: 35 } as const;
  for (const [name, look] of [
    ['drawn', 'render'],
    ['seen', 'camera'],
  ] as const) {
    const { jobId } = await studio.simulate.start({ ...eyes, name, look });
    expect((await jobEnded(studio, jobId)).failure).toBeNull();
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
