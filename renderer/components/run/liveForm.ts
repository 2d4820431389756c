import { liveKeys, liveSettingsSchema, type LiveSettings } from '../../../core/contract/training-command.ts';
import type { TrainingConfig } from '../../../core/contract/training-config.ts';
import { errorOfField, valueOfText } from '../train/configForm.ts';

export type LiveKey = (typeof liveKeys)[number];
export type LiveTexts = Readonly<Record<LiveKey, string>>;

/** What may change while a run goes on, as a form holds it; changes that are proposed stand in it already. */
export function liveTextsOf(config: TrainingConfig, proposed: LiveSettings = {}): LiveTexts {
  return Object.fromEntries(liveKeys.map((key) => [key, String(proposed[key] ?? config[key])])) as Record<
    LiveKey,
    string
  >;
}

/** The settings that differ from those of the run, or what is wrong with which field. */
export function readLiveSettings(
  config: TrainingConfig,
  texts: LiveTexts,
): { readonly settings: LiveSettings; readonly errors: Readonly<Partial<Record<LiveKey, string>>> } {
  const changed = liveKeys.filter((key) => texts[key] !== String(config[key]));
  const errors = Object.fromEntries(
    changed.flatMap((key) => {
      const error = errorOfField(key, texts[key]);
      return error === undefined ? [] : [[key, error] as const];
    }),
  );
  if (Object.keys(errors).length > 0) return { settings: {}, errors };
  const values = changed.map((key) => [key, valueOfText(key, texts[key])] as const);
  return { settings: liveSettingsSchema.parse(Object.fromEntries(values)), errors };
}
