import { computed, type Ref } from 'vue';
import type { Annotation } from '../../../core/contract/annotation.ts';
import { labelLayers, layersOf, type LabelLayer } from '../labels/geometry.ts';

/** The layers that labels have something on, and the way through them. */
export function useLabelLayers(annotations: () => readonly Annotation[], layers: Ref<readonly LabelLayer[]>) {
  const present = computed(() => layersOf(annotations()));

  /** All, then each alone, then none. */
  function next(): void {
    const shown = present.value.filter((layer) => layers.value.includes(layer));
    const alone = shown.length === 1 ? present.value.indexOf(shown[0] ?? 'gaze') : -1;
    if (shown.length === 0) layers.value = [...labelLayers];
    else layers.value = present.value.slice(alone + 1, alone + 2);
  }

  return { present, next };
}
