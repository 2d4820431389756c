import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { useRoute } from 'vue-router';
import type { InputOf, OutputOf } from '../../../core/contract/contract.ts';
import { studio } from '../../studio.ts';
import { createWindowCache, type WindowCache } from '../grid/windowCache.ts';
import { usePutQuery } from './usePutQuery.ts';

export type RefinedImage = OutputOf<'refine.window'>[number];
export type FilmSort = InputOf<'refine.open'>['by'];

export const FILM_SORTS = ['drift', 'change', 'score', 'yaw', 'pitch', 'id'] as const satisfies FilmSort[];

const PAGE = 100;
const KEPT_PAGES = 40;

/**
 * The refined images of a checkpoint in an order, and which of them is looked at. Order and image live in the address
 * (`by`, `order`, `image`).
 */
export function useFilmstrip(checkpoint: () => { readonly runId: number; readonly step: number }) {
  const route = useRoute();
  const put = usePutQuery();
  const by = computed<FilmSort>(() => FILM_SORTS.find((sort) => sort === route.query.by) ?? 'drift');
  const descending = computed(() => route.query.order !== 'up');

  const count = ref<number>();
  const place = ref(0);
  const error = shallowRef<unknown>();
  /** Counts up when images arrive. */
  const arrivals = ref(0);
  const selected = shallowRef<RefinedImage>();
  let cache: WindowCache<RefinedImage> | undefined;
  let newest = 0;

  /** Sorts anew; the image that is looked at stays the same one. */
  async function open(): Promise<void> {
    newest += 1;
    const asked = newest;
    try {
      const order = { ...checkpoint(), by: by.value, descending: descending.value };
      const found = await studio.refine.open(order);
      const imageId = Number(route.query.image);
      const located =
        Number.isInteger(imageId) && imageId > 0
          ? await studio.refine.locate({ listing: found.listing, imageId })
          : { place: null };
      if (asked !== newest) return;
      cache?.end();
      cache = createWindowCache<RefinedImage>({
        count: found.count,
        pageSize: PAGE,
        capacity: KEPT_PAGES,
        concurrency: 2,
        load: (from, many) => studio.refine.window({ listing: found.listing, from, count: many }),
        onChange: () => (arrivals.value += 1),
        onError(caught) {
          // The studio keeps the newest listings only.
          if (isForgotten(caught)) void open();
          else error.value = caught;
        },
      });
      count.value = found.count;
      place.value = located.place ?? 0;
      error.value = undefined;
      arrivals.value += 1;
      cache.want(place.value, place.value);
    } catch (caught) {
      if (asked === newest) error.value = caught;
    }
  }

  watch([by, descending, () => checkpoint().runId, () => checkpoint().step], () => void open(), {
    immediate: true,
  });
  watch([place, arrivals], () => {
    const image = cache?.at(place.value);
    if (!image) return;
    selected.value = image;
    if (route.query.image !== String(image.imageId)) put({ image: String(image.imageId) });
  });
  onScopeDispose(
    studio.subscribe((event) => {
      const { runId } = checkpoint();
      if (event.type === 'results' && event.what === 'refined' && event.runId === runId) void open();
    }),
  );
  onScopeDispose(studio.onReconnect(() => void open()));
  onScopeDispose(() => {
    newest += 1;
    cache?.end();
  });

  return {
    by,
    descending,
    sortBy: (next: FilmSort, isDescending: boolean) =>
      put({ by: next, order: isDescending ? undefined : 'up' }),
    /** Undefined until it is known. */
    count: computed(() => count.value),
    place: computed(() => place.value),
    /** The last one that was there: it stays while the next is read. */
    selected: computed(() => selected.value),
    error: computed(() => error.value),
    retry: open,
    select(next: number): void {
      place.value = Math.max(0, Math.min((count.value ?? 1) - 1, next));
      cache?.want(place.value, place.value);
    },
    /** Undefined until it has been read. Reactive. */
    imageAt: (at: number): RefinedImage | undefined => (arrivals.value >= 0 ? cache?.at(at) : undefined),
    want: (from: number, to: number) => cache?.want(from, to),
  };
}

export type Filmstrip = ReturnType<typeof useFilmstrip>;

const isForgotten = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'not-found';
