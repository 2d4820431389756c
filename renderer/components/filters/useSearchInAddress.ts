import { computed, watch, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useDataStore } from '../../stores/dataStore.ts';
import type { ImageSearch } from './imageSearch.ts';
import { pickedImages } from './pickedImages.ts';
import { searchFromQuery, searchToQuery } from './searchQuery.ts';

/** Parts of the address that are not of the search. */
const OTHERS = ['view'] as const;

/**
 * The search of the screen. It lives in the address, so that a reload and "back" keep it; coming back without one finds
 * the last one again. It is made whenever it changes.
 */
export function useSearchInAddress(): WritableComputedRef<ImageSearch> {
  const route = useRoute();
  const router = useRouter();
  const data = useDataStore();
  const { name } = route;
  const others = (): Record<string, string> =>
    Object.fromEntries(
      OTHERS.flatMap((key) => (typeof route.query[key] === 'string' ? [[key, route.query[key]]] : [])),
    );

  const search = computed<ImageSearch>({
    get: () => searchFromQuery(route.query, pickedImages),
    set: (wanted) => void router.push({ query: { ...searchToQuery(wanted, pickedImages), ...others() } }),
  });

  const last = searchToQuery(data.search, pickedImages);
  if (Object.keys(route.query).length === 0 && Object.keys(last).length > 0) {
    void router.replace({ query: last });
  }
  watch(
    () => JSON.stringify(search.value),
    (now, before) => {
      // On the way to another screen its address is not this one's search.
      if (route.name !== name) return;
      const isKnown = before === undefined && data.listing && now === JSON.stringify(data.search);
      if (!isKnown) void data.open(search.value);
    },
    { immediate: true },
  );
  return search;
}
