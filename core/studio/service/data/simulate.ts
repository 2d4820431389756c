import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';

export function simulateHandlers({ jobs }: Pick<StudioContext, 'jobs'>): HandlersOf<'simulate'> {
  return {
    simulate: {
      start(input) {
        const job = jobs.start({ kind: 'simulate', title: `Simulating ${input.name}`, lane: 'data', input });
        return { jobId: job.id };
      },
    },
  };
}
