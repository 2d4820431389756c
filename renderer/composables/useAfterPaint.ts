import { onMounted, ref, watch, type Ref } from 'vue';

/**
 * True once what comes first has been painted: for what may come after it.
 *
 * @param isThere whether it is all there to be painted
 */
export function useAfterPaint(isThere: () => boolean): Readonly<Ref<boolean>> {
  const isPainted = ref(false);
  onMounted(() =>
    watch(
      isThere,
      (there) => there && requestAnimationFrame(() => setTimeout(() => (isPainted.value = true))),
      { immediate: true, flush: 'post' },
    ),
  );
  return isPainted;
}
