import { z } from 'zod';
import { inWords } from '../../base/schema-words.ts';
import { StudioError } from '../../base/studio-error.ts';
import { liveKeys, liveSettingsSchema, type LiveSettings } from '../../contract/training-command.ts';
import { describeField } from '../../contract/training-config.ts';

/** Values to try, by setting. */
export type SettingLists = {
  readonly [Key in keyof LiveSettings]?: readonly NonNullable<LiveSettings[Key]>[];
};

/**
 * Values to try as they come from a form, checked.
 * @throws StudioError 'bad-usage' that names the setting
 */
export function parseSettingLists(
  lists: Readonly<Record<string, readonly (number | string)[]>>,
): SettingLists {
  const parsed = Object.entries(lists).map(([name, values]) => {
    const key = liveKeys.find((one) => one === name);
    const checked = z.array(key ? liveSettingsSchema.shape[key] : z.never()).safeParse(values);
    if (key && checked.success) return [key, [...new Set(checked.data)]];
    const problem = key && checked.error ? inWords(checked.error, () => 'each') : 'it cannot change in a run';
    throw new StudioError('bad-usage', `${name} cannot be probed with these values: ${problem}.`, {
      remedy: `These may be tried: ${liveKeys.join(', ')}.`,
      details: { setting: name },
    });
  });
  return Object.fromEntries(parsed) as SettingLists;
}

/** Every combination of the values, the first setting's changing slowest. */
export function gridOf(lists: SettingLists): LiveSettings[] {
  let grid: LiveSettings[] = [{}];
  for (const key of liveKeys) {
    const values = lists[key];
    if (values) grid = grid.flatMap((settings) => values.map((value) => ({ ...settings, [key]: value })));
  }
  return grid;
}

/** "λ=0.1 K_g=2" */
export function describeSettings(settings: LiveSettings): string {
  return liveKeys
    .filter((key) => settings[key] !== undefined)
    .map((key) => `${describeField(key).label}=${settings[key]}`)
    .join(' ');
}
