import { useMutationObserver } from '@vueuse/core';
import { ref, type Ref } from 'vue';

/** The theme that is on the document: what is drawn on a canvas has to be drawn anew when it changes. */
export function useTheme(): Readonly<Ref<string | undefined>> {
  const { dataset } = document.documentElement;
  const theme = ref(dataset.theme);
  useMutationObserver(document.documentElement, () => (theme.value = dataset.theme), {
    attributeFilter: ['data-theme'],
  });
  return theme;
}
