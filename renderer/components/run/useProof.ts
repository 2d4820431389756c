import { computed, type ComputedRef } from 'vue';
import { z } from 'zod';
import { useJobStore } from '../../stores/jobStore.ts';

const proofSchema = z.object({ isIdentical: z.boolean(), text: z.string() });

/** What came of the newest proof of a run; undefined where there was none. */
export function useProof(runId: number): ComputedRef<z.infer<typeof proofSchema> | undefined> {
  const jobs = useJobStore();
  return computed(() => {
    const job = jobs.jobs.find((one) => one.kind === 'prove' && one.runId === runId && one.status === 'done');
    const proof = proofSchema.safeParse(job?.result);
    return proof.success ? proof.data : undefined;
  });
}
