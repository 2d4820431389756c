import { watch } from 'vue';
import { useRoute, useRouter, type LocationQuery } from 'vue-router';
import { trainingConfigKeys, type TrainingConfigKey } from '../../../core/contract/training-config.ts';
import { useRunStore } from '../../stores/runStore.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { useTrainingStore } from '../../stores/trainingStore.ts';

const DEFAULT_PRESET = 'eye-small';

/** The settings that an address names, as texts; whatever else is in it is passed over. */
function changesIn(query: LocationQuery): Partial<Record<TrainingConfigKey, string>> {
  return Object.fromEntries(
    trainingConfigKeys.flatMap((key) => (typeof query[key] === 'string' ? [[key, query[key]]] : [])),
  );
}

/**
 * Keeps preset and changed settings in the address, so that a reload has the same form, and takes a run as the pattern
 * where the address says `from`.
 */
export function useOrderInAddress(): void {
  const route = useRoute();
  const router = useRouter();
  const runs = useRunStore();
  const store = useTrainingStore();
  const toasts = useToastStore();

  watch(
    [() => store.presets, () => runs.runs, () => route.query.from],
    ([presets, known, from]) => {
      if (!presets) return;
      if (typeof from === 'string') {
        const pattern = known && runs.byId.get(Number(from));
        if (!pattern) return;
        const preset = presets.find(({ name }) => name === DEFAULT_PRESET) ?? presets[0];
        if (preset) store.choose(preset);
        if (pattern.config) store.putAll(pattern.config);
        else toasts.say(pattern.configError ?? '');
        store.syntheticId = pattern.syntheticDatasetId ?? store.syntheticId;
        store.realId = pattern.realDatasetId ?? store.realId;
        return;
      }
      if (store.texts) return;
      const name = route.query.preset ?? DEFAULT_PRESET;
      const preset = presets.find((one) => one.name === name) ?? presets[0];
      if (preset) store.choose(preset, changesIn(route.query));
    },
    { immediate: true },
  );
  watch([() => store.presetName, () => store.differences, () => store.texts], () => {
    if (route.name !== 'train' || !store.config) return;
    const kept = Object.fromEntries(
      Object.entries(route.query).filter(
        ([key]) => key !== 'from' && !trainingConfigKeys.includes(key as TrainingConfigKey),
      ),
    );
    void router.replace({ query: { ...kept, preset: store.presetName || undefined, ...store.differences } });
  });
}
