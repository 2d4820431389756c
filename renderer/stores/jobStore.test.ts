import { createPinia, setActivePinia } from 'pinia';
import { expect, it, vi } from 'vitest';
import type { StudioBridge } from '../../core/contract/bridge.ts';
import type { StudioEvent, StudioListener } from '../../core/contract/events.ts';
import { jobSchema } from '../../core/contract/operations/jobs.ts';
import type { Job } from './jobStore.ts';

const jobOf = (id: number, changes: Partial<Job> = {}): Job =>
  jobSchema.parse({
    ...{ id, kind: 'import', title: `Job ${id}`, status: 'done', runId: null, progress: null, notes: [] },
    ...{ result: null, failure: null, createdAt: '2026-01-01T00:00:00.000Z', startedAt: null, endedAt: null },
    ...changes,
  });

it('knows the jobs before it, too, when one is told of before the first list has come', async () => {
  const listeners = new Set<StudioListener>();
  const tell = (event: StudioEvent): void => listeners.forEach((listener) => listener(event));
  const answers: ((jobs: readonly Job[]) => void)[] = [];
  const studioBridge = {
    jobs: { list: () => new Promise((resolve) => answers.push((output) => resolve({ output }))) },
    subscribe(listener: StudioListener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as StudioBridge;
  vi.stubGlobal('window', { studioBridge });
  const { useJobStore } = await import('./jobStore.ts');
  setActivePinia(createPinia());
  const store = useJobStore();

  tell({ type: 'job', job: jobOf(2, { kind: 'train', status: 'running' }) });
  const now = [jobOf(2, { kind: 'train', status: 'running' }), jobOf(1)];
  for (const answer of answers) answer(now);
  await vi.waitFor(() => expect(store.jobs.map(({ id }) => id)).toEqual([2, 1]));
  tell({ type: 'job', job: jobOf(3, { status: 'waiting' }) });
  expect(store.jobs.map(({ id }) => id)).toEqual([3, 2, 1]);
  expect(store.current?.id).toBe(2);
  vi.unstubAllGlobals();
});
