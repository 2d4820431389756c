import { onScopeDispose } from 'vue';
import { useRouter } from 'vue-router';
import { fromFailure } from '../../../core/contract/studio-failure.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';
import { outcomeOf, placeOfJob } from './jobWords.ts';

/** Says when a job has ended, and offers to look at what came of it. */
export function useJobToasts(): void {
  const toasts = useToastStore();
  const router = useRouter();
  const told = new Set<number>();
  onScopeDispose(
    studio.subscribe((event) => {
      if (event.type !== 'job' || told.has(event.job.id)) return;
      const { job } = event;
      const show = { text: text.shell.jobs.show, run: () => router.push(placeOfJob(job)) };
      switch (job.status) {
        case 'waiting':
        case 'running':
          return;
        case 'done':
          toasts.succeed(outcomeOf(job) || text.shell.jobs.done(job.title), show);
          break;
        case 'cancelled':
          toasts.say(text.shell.jobs.cancelled(job.title));
          break;
        case 'failed':
          toasts.fail(job.failure ? fromFailure(job.failure) : new Error(job.title));
      }
      told.add(job.id);
    }),
  );
}
