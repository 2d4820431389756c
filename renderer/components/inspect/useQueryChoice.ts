import { computed, type WritableComputedRef } from 'vue';
import { useRoute } from 'vue-router';
import { usePutQuery } from './usePutQuery.ts';

/** One of a few choices that lives in the address; the usual one is not written there. */
export function useQueryChoice<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  usual: Choice,
): WritableComputedRef<Choice> {
  const route = useRoute();
  const put = usePutQuery();
  return computed({
    get: () => choices.find((choice) => choice === route.query[name]) ?? usual,
    set: (next) => put({ [name]: next === usual ? undefined : next }),
  });
}
