import { usePreferredDark } from '@vueuse/core';
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { attempt } from '../../composables/attempt.ts';
import { useSettingsStore } from '../../stores/settingsStore.ts';
import { studio } from '../../studio.ts';
import { colourAt } from '../../../core/contract/colour-maps.ts';
import { SET_COLOURS, type MapPoints } from './map.ts';

export type ColourBy = 'set' | 'cluster' | 'yaw';

const WINDOW = 500;

/** The colour of each point of the map. Yaw is read from the library when it is first asked for. */
export function useMapColours(points: Ref<MapPoints | undefined>, by: Ref<ColourBy>) {
  const settings = useSettingsStore();
  const prefersDark = usePreferredDark();
  const yawRad = shallowRef<ReadonlyMap<number, number>>();
  const isReading = ref(false);

  watch(points, () => (yawRad.value = undefined));
  watch([by, points], async ([colour, now]) => {
    if (colour !== 'yaw' || !now || yawRad.value || isReading.value) return;
    isReading.value = true;
    yawRad.value = await attempt(() => readYaw([...new Set(now.imageId)]));
    isReading.value = false;
  });

  const range = computed(() => {
    const values = [...(yawRad.value?.values() ?? [])];
    return values.length === 0 ? undefined : { from: Math.min(...values), to: Math.max(...values) };
  });

  const palette = shallowRef(readPalette());
  watch(
    [() => settings.settings.theme, prefersDark],
    () => (palette.value = readPalette()),
    // The theme is on the document after its own watchers have run.
    { flush: 'post' },
  );

  const colours = computed<readonly string[]>(() => {
    const now = points.value;
    if (!now) return [];
    const { series, groups, strong } = palette.value;
    return now.imageId.map((imageId, index) => {
      if (by.value === 'set') return series[SET_COLOURS[now.set[index] ?? 'synthetic'] - 1] ?? '';
      if (by.value === 'cluster') return groups[(now.cluster[index] ?? 0) % groups.length] ?? '';
      const value = yawRad.value?.get(imageId);
      if (value === undefined || !range.value) return strong;
      const share = (value - range.value.from) / Math.max(1e-9, range.value.to - range.value.from);
      // A few steps: points of one colour are drawn in one go.
      return `rgb(${colourAt('viridis', Math.round(share * 24) / 24).join(' ')})`;
    });
  });

  return { colours, ink: computed(() => palette.value.ink), range, isReading };
}

async function readYaw(imageIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const { listing, count } = await studio.images.open({
    filter: { imageIds: [...imageIds], annotationKind: 'gaze' },
    sort: { by: 'id' },
  });
  const found = new Map<number, number>();
  for (let from = 0; from < count; from += WINDOW) {
    for (const image of await studio.images.window({ listing, from, count: WINDOW })) {
      const gaze = image.annotations.find(({ annotation }) => annotation.kind === 'gaze')?.annotation;
      if (gaze?.kind === 'gaze') found.set(image.id, gaze.yawRad);
    }
  }
  return found;
}

/** The colours of the theme that is on the document now. */
function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const series = [1, 2, 3, 4, 5, 6].map((index) => colour(`--series-${index}`));
  const strong = colour('--border-strong');
  return { series, groups: [...series, colour('--text-muted'), strong], strong, ink: colour('--text') };
}
