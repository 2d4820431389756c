import { computed, type ComputedRef, type Ref } from 'vue';
import type { z } from 'zod';
import { PROOF_EVENT, proofSchema } from '../../../core/contract/proof.ts';
import type { RunEvent } from './useRunRecord.ts';

/** What came of the newest proof of a run; undefined where there was none. */
export function useProof(
  events: Readonly<Ref<readonly RunEvent[]>>,
): ComputedRef<z.infer<typeof proofSchema> | undefined> {
  return computed(() => {
    const event = events.value.findLast(({ kind }) => kind === PROOF_EVENT);
    const proof = proofSchema.safeParse(event?.content);
    return proof.success ? proof.data : undefined;
  });
}
