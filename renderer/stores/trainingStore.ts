import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { InputOf, OutputOf } from '../../core/contract/contract.ts';
import type { TrainingConfig, TrainingConfigKey } from '../../core/contract/training-config.ts';
import { differencesOf, readConfig, textsOf, type ConfigTexts } from '../components/train/configForm.ts';
import { studio } from '../studio.ts';
import { useLive } from './live.ts';
import { useSettingsStore } from './settingsStore.ts';
import { useShapeStore } from './shapeStore.ts';

export type Dataset = OutputOf<'datasets.list'>[number];
export type Preset = OutputOf<'runs.presets'>[number];
export type TrainingOrder = InputOf<'runs.start'>;

/** The training that is being set up; it stays while the user looks at other parts of the window. */
export const useTrainingStore = defineStore('training', () => {
  const settings = useSettingsStore();
  const shapes = useShapeStore();
  const presets = useLive(
    () => studio.runs.presets({}),
    () => undefined,
  );
  const datasets = useLive(
    () => studio.datasets.list({}),
    (event) =>
      event.type === 'library' || (event.type === 'data' && event.what !== 'views') ? 'stale' : undefined,
  );

  const presetName = ref('');
  const texts = ref<ConfigTexts>();
  /** The preset's, by which is measured what was changed. */
  const standard = ref<TrainingConfig>();
  const name = ref('');
  const syntheticId = ref<number>();
  const realId = ref<number>();

  const ofRole = (role: Dataset['role']) =>
    computed(() =>
      (datasets.value.value ?? []).filter((dataset) => dataset.role === role && dataset.inUse > 0),
    );
  const synthetic = ofRole('synthetic');
  const real = ofRole('real');
  watch(
    [synthetic, real],
    () => {
      const keep = (id: number | undefined, from: readonly Dataset[]): number | undefined =>
        from.some((dataset) => dataset.id === id) ? id : from.at(-1)?.id;
      syntheticId.value = keep(syntheticId.value, synthetic.value);
      realId.value = keep(realId.value, real.value);
    },
    { immediate: true },
  );

  const reading = computed(() => texts.value && readConfig(texts.value));
  const differences = computed(() =>
    standard.value && reading.value?.config ? differencesOf(standard.value, reading.value.config) : {},
  );
  const order = computed<TrainingOrder | undefined>(() => {
    const config = reading.value?.config;
    if (!config || syntheticId.value === undefined || realId.value === undefined) return undefined;
    return {
      name: name.value.trim() || null,
      config,
      syntheticDatasetId: syntheticId.value,
      realDatasetId: realId.value,
      preprocessing: shapes.preparedFor(config),
      engine: settings.settings.engine,
      threads: settings.settings.threads,
    };
  });

  return {
    presets: presets.value,
    presetsError: presets.error,
    datasets: datasets.value,
    datasetsError: datasets.error,
    synthetic,
    real,
    presetName,
    texts,
    standard,
    name,
    syntheticId,
    realId,
    errors: computed(() => reading.value?.errors ?? {}),
    config: computed(() => reading.value?.config),
    differences,
    order,
    refreshPresets: presets.refresh,
    refreshDatasets: datasets.refresh,
    /** A preset at the size that was chosen for the images when they were imported, with changes on top. */
    choose(preset: Preset, changes: Partial<Record<TrainingConfigKey, string>> = {}) {
      presetName.value = preset.name;
      standard.value = preset.config;
      const { widthPx, heightPx, channels } = shapes.shape ?? preset.config;
      texts.value = { ...textsOf({ ...preset.config, widthPx, heightPx, channels }), ...changes };
    },
    put(key: TrainingConfigKey, value: string) {
      if (texts.value) texts.value = { ...texts.value, [key]: value };
    },
    putAll(config: TrainingConfig) {
      texts.value = textsOf(config);
    },
  };
});
