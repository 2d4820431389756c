import { computed, type WritableComputedRef } from 'vue';
import type { Settings } from '../../../core/contract/operations/studio.ts';
import { attempt } from '../../composables/attempt.ts';
import { useSettingsStore } from '../../stores/settingsStore.ts';

/** One setting, as a control needs it: what is chosen is kept at once. */
export function useSetting<Name extends keyof Settings>(name: Name): WritableComputedRef<Settings[Name]> {
  const store = useSettingsStore();
  return computed({
    get: () => store.settings[name],
    set: (value) => void attempt(() => store.set({ [name]: value })),
  });
}
