import { useElementSize } from '@vueuse/core';
import { computed, type ComputedRef } from 'vue';
import { useSettingsStore } from '../stores/settingsStore.ts';

const PX_AT_FULL_ZOOM = 16;

/**
 * Whether the main part of the window has less room than this many rem. Unlike in a media query a rem is one of the zoom
 * that is set, and open panels beside it count.
 */
export function useIsNarrow(rems: number): ComputedRef<boolean> {
  const settings = useSettingsStore();
  const main = document.getElementById('main');
  const { width } = useElementSize(() => main, { width: main?.clientWidth ?? window.innerWidth, height: 0 });
  return computed(() => width.value < (rems * PX_AT_FULL_ZOOM * settings.settings.zoom) / 100);
}
