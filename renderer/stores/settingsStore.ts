import { defineStore } from 'pinia';
import { computed, watchEffect } from 'vue';
import { DEFAULT_SETTINGS, type Settings } from '../../core/contract/operations/studio.ts';
import { studio } from '../studio.ts';
import { useLive } from './live.ts';

/** What this user has set; theme, zoom and motion are put on the document's root. */
export const useSettingsStore = defineStore('settings', () => {
  const { value } = useLive(
    () => studio.settings.get({}),
    (event) => (event.type === 'settings' ? { now: event.settings } : undefined),
  );
  const settings = computed<Settings>(() => value.value ?? DEFAULT_SETTINGS);
  const prefersLight = window.matchMedia('(prefers-color-scheme: light)');
  const applyTheme = (): void => {
    const { theme } = settings.value;
    const system = prefersLight.matches ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme === 'system' ? system : theme;
  };
  watchEffect(() => {
    applyTheme();
    document.documentElement.style.fontSize = `${settings.value.zoom * 0.16}px`;
    document.documentElement.dataset.motion = settings.value.reduceMotion ? 'reduced' : 'free';
  });
  prefersLight.addEventListener('change', applyTheme);

  async function set(changes: Partial<Settings>): Promise<void> {
    await studio.settings.set(changes);
  }

  return { settings, set };
});
