import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** One of a few choices that lives in the address; the usual one is not written there. */
export function useQueryChoice<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  usual: Choice,
): WritableComputedRef<Choice> {
  const route = useRoute();
  const router = useRouter();
  return computed({
    get: () => choices.find((choice) => choice === route.query[name]) ?? usual,
    set: (next) =>
      void router.replace({ query: { ...route.query, [name]: next === usual ? undefined : next } }),
  });
}
