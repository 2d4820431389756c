import type { HandlersOf } from '../handlers.ts';
import type { StudioContext } from '../context.ts';
import type { SettingsStore } from './settings-store.ts';

export function settingsHandlers(
  { publish }: Pick<StudioContext, 'publish'>,
  store: SettingsStore,
): HandlersOf<'settings'> {
  return {
    settings: {
      get: () => store.get(),
      async set(changes) {
        const settings = await store.set(changes);
        publish({ type: 'settings', settings });
        return settings;
      },
    },
  };
}
