import type { StudioContext } from './context.ts';
import type { HandlersOf } from './handlers.ts';

export function jobHandlers({ jobs, publish }: Pick<StudioContext, 'jobs' | 'publish'>): HandlersOf<'jobs'> {
  return {
    jobs: {
      list: () => jobs.list(),
      get: ({ id }) => jobs.get(id),
      cancel({ id }) {
        jobs.cancel(id);
        return {};
      },
      clear() {
        jobs.clear();
        publish({ type: 'jobs-cleared' });
        return {};
      },
    },
  };
}
