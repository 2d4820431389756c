import { useDebounceFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { OutputOf } from '../../core/contract/contract.ts';
import { createWindowCache, type WindowCache } from '../components/grid/windowCache.ts';
import { USUAL_SORT, type ImageSearch } from '../components/filters/imageSearch.ts';
import { studio } from '../studio.ts';
import { useLive } from './live.ts';

export type GridImage = OutputOf<'images.window'>[number];
export type Facets = OutputOf<'images.facets'>;
export type Dataset = OutputOf<'datasets.list'>[number];

const PAGE = 100;
const KEPT_PAGES = 80;
const BINS = 40;
/** The first pictures are waited for no longer than this. */
const PATIENCE_MS = 500;

/** What is being looked at in Data: a search, its images by place, and what can be filtered by. */
export const useDataStore = defineStore('data', () => {
  const search = shallowRef<ImageSearch>({ filter: {}, sort: USUAL_SORT });
  const listing = shallowRef<OutputOf<'images.open'>>();
  const error = shallowRef<unknown>();
  const isSearching = ref(false);
  /** Images changed since the search was made, so that it may find others now. */
  const isOutdated = ref(false);
  /** Counts up when images arrive. */
  const arrivals = ref(0);
  const isSettled = ref(false);
  const facets = shallowRef<Facets>();
  const allFacets = shallowRef<Facets>();
  let cache: WindowCache<GridImage> | undefined;
  let newest = 0;
  let newestFacets = 0;
  /** The search whose facets were asked for. */
  let counted = 0;

  const datasets = useLive(
    () => studio.datasets.list({}),
    (event) => {
      const concerns = event.type === 'library' || (event.type === 'data' && event.what !== 'tags');
      return concerns ? 'stale' : undefined;
    },
  );

  /** Makes the search; what was found before stays until then. */
  async function open(wanted: ImageSearch): Promise<void> {
    search.value = wanted;
    newest += 1;
    const asked = newest;
    isSearching.value = true;
    try {
      const found = await studio.images.open(wanted);
      if (asked !== newest) return;
      cache?.end();
      cache = createWindowCache<GridImage>({
        count: found.count,
        pageSize: PAGE,
        capacity: KEPT_PAGES,
        concurrency: 3,
        load: (from, count) => studio.images.window({ listing: found.listing, from, count }),
        onChange: () => {
          arrivals.value += 1;
          if (asked === counted) return;
          // Counting a million images takes the studio a while: pictures go first.
          counted = asked;
          if (isSettled.value) void loadFacets();
          else setTimeout(settle, PATIENCE_MS);
        },
        onError: (caught) => {
          // The studio keeps the newest listings only.
          if (isForgotten(caught)) void open(search.value);
          else error.value = caught;
        },
      });
      listing.value = found;
      isOutdated.value = false;
      error.value = undefined;
      arrivals.value += 1;
      if (found.count > 0) cache.want(0, PAGE - 1);
      else if (isSettled.value) void loadFacets();
      else settle();
    } catch (caught) {
      if (asked !== newest) return;
      error.value = caught;
      isSettled.value = true;
    } finally {
      if (asked === newest) isSearching.value = false;
    }
  }

  function settle(): void {
    if (isSettled.value) return;
    isSettled.value = true;
    void loadFacets();
  }

  async function loadFacets(): Promise<void> {
    newestFacets += 1;
    const asked = newestFacets;
    const { filter } = search.value;
    try {
      const found = await studio.images.facets({ filter, bins: BINS });
      if (asked !== newestFacets) return;
      facets.value = found;
      if (Object.keys(filter).length === 0) allFacets.value = found;
      else if (allFacets.value === undefined) {
        const all = await studio.images.facets({ filter: {}, bins: BINS });
        if (asked === newestFacets) allFacets.value = all;
      }
    } catch (caught) {
      if (asked === newestFacets) error.value = caught;
    }
  }

  const recount = useDebounceFn(() => {
    allFacets.value = undefined;
    return loadFacets();
  }, 400);

  studio.subscribe((event) => {
    if (listing.value === undefined) return;
    if (event.type === 'library' || (event.type === 'data' && event.what === 'datasets')) {
      allFacets.value = undefined;
      void open(search.value);
    } else if (event.type === 'data' && (event.what === 'images' || event.what === 'tags')) {
      isOutdated.value = Object.keys(search.value.filter).length > 0;
      cache?.expire();
      void recount();
    }
  });
  studio.onReconnect(() => void open(search.value));

  return {
    search,
    listing,
    count: computed(() => listing.value?.count ?? 0),
    error,
    isSearching,
    isOutdated,
    /** The first pictures have been painted, or there are none: what else there is to see can follow. */
    isSettled: computed(() => isSettled.value),
    settle,
    facets,
    allFacets,
    datasets: computed(() => datasets.value.value ?? []),
    areDatasetsKnown: computed(() => datasets.value.value !== undefined),
    open,
    /** The image at a place; undefined until it has been read. Reactive. */
    imageAt(place: number): GridImage | undefined {
      // Read so that whoever asks is told when images arrive.
      return arrivals.value >= 0 ? cache?.at(place) : undefined;
    },
    want: (from: number, to: number) => cache?.want(from, to),
  };
});

const isForgotten = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'not-found';
