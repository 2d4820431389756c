import { onMounted, ref, type Ref } from 'vue';

/** True once what was mounted first has been painted: for what may come after it. */
export function useAfterPaint(): Readonly<Ref<boolean>> {
  const isPainted = ref(false);
  onMounted(() => requestAnimationFrame(() => setTimeout(() => (isPainted.value = true))));
  return isPainted;
}
