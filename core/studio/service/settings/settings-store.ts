import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createFileKeeper } from '../../../base/file-keeper.ts';
import { setAside } from '../../../base/set-aside.ts';
import { messageOf, systemCodeOf } from '../../../base/studio-error.ts';
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from '../../../contract/operations/studio.ts';

/** This user's settings, kept in a file. */
export interface SettingsStore {
  get(): Settings;
  /** Settles when they are on the disk. */
  set(changes: SettingsChanges): Promise<Settings>;
}

/** What is not named, or undefined, stays. */
type SettingsChanges = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

const FILE_NAME = 'settings.json';

/** Raised when the meaning of a value changes; `migrated` then gets a step. */
const VERSION = 1;

const fileSchema = z.object({ version: z.int().min(1), settings: z.record(z.string(), z.unknown()) });

/**
 * Reads the settings. What is not there or not right is its default, value by value; a file that is no settings at all
 * is put aside under another name, never overwritten.
 *
 * @param onNote told in a sentence what could not be used
 */
export function openSettings(stateFolder: string, onNote: (text: string) => void): SettingsStore {
  const path = join(stateFolder, FILE_NAME);
  const stored = readStored(path, onNote);
  let current = salvage(stored, onNote);
  const file = createFileKeeper(path);
  return {
    get: () => current,
    async set(changes) {
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      current = { ...current, ...Object.fromEntries(given) };
      // Whatever this program does not know stays in the file: a newer one may have written it.
      const content = { version: VERSION, settings: { ...stored, ...current } };
      await file.keep(`${JSON.stringify(content, null, 2)}\n`);
      return current;
    },
  };
}

function readStored(path: string, onNote: (text: string) => void): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') {
      onNote(`${path} cannot be read, so the settings are the defaults: ${messageOf(error)}`);
    }
    return {};
  }
  try {
    return fileSchema.parse(JSON.parse(text)).settings;
  } catch {
    onNote(`${path} is damaged, so the settings are the defaults; the file is kept as ${setAside(path)}.`);
    return {};
  }
}

function salvage(stored: Readonly<Record<string, unknown>>, onNote: (text: string) => void): Settings {
  const good: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(settingsSchema.shape)) {
    if (!(name in stored)) continue;
    const parsed = schema.safeParse(stored[name]);
    if (parsed.success) good[name] = parsed.data;
    else
      onNote(
        `The setting "${name}" was ${JSON.stringify(stored[name])}, which it cannot be: it is its default.`,
      );
  }
  return settingsSchema.parse({ ...DEFAULT_SETTINGS, ...good });
}
