import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../base/atomic-file.ts';
import { setAside } from '../../../base/set-aside.ts';
import { StudioError } from '../../../base/studio-error.ts';
import { readTrainingConfig } from '../../../contract/config/read.ts';
import type { TrainingConfig } from '../../../contract/training-config.ts';

/** What a user saved to begin trainings from, on this computer. */
export interface OwnPreset {
  readonly name: string;
  readonly title: string;
  readonly config: TrainingConfig;
}

const fileSchema = z.strictObject({
  version: z.literal(1),
  presets: z.array(z.strictObject({ title: z.string(), config: z.unknown() })),
});

const fileIn = (stateFolder: string): string => join(stateFolder, 'presets.json');

/** Told apart from the program's own names by the colon. */
const nameOf = (title: string): string => `own:${title}`;

type OnNote = (text: string) => void;

/**
 * The user's presets. One whose configuration is no longer valid is left out; it stays in the file. A file that cannot
 * be read is set aside, never overwritten.
 *
 * @param onNote told in a sentence what could not be used, here and below
 */
export function readOwnPresets(stateFolder: string, onNote: OnNote): OwnPreset[] {
  return readFile(stateFolder, onNote).flatMap(({ title, config }) => {
    const subject = `The training config of the preset "${title}" in ${fileIn(stateFolder)}`;
    try {
      return [{ name: nameOf(title), title, config: readTrainingConfig(config, subject) }];
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      onNote(`The preset "${title}" is left out. ${error.message} ${error.remedy}`);
      return [];
    }
  });
}

/** Saves a preset; one of the same title is replaced. */
export async function saveOwnPreset(
  stateFolder: string,
  title: string,
  config: TrainingConfig,
  onNote: OnNote,
): Promise<void> {
  const others = readFile(stateFolder, onNote).filter((preset) => preset.title !== title);
  await write(stateFolder, [...others, { title, config }]);
}

/** @throws StudioError 'not-found' where the user has none of this name */
export async function removeOwnPreset(stateFolder: string, name: string, onNote: OnNote): Promise<void> {
  const before = readFile(stateFolder, onNote);
  const kept = before.filter(({ title }) => nameOf(title) !== name);
  if (kept.length === before.length) {
    throw new StudioError('not-found', `There is no preset "${name}" of your own.`, {
      remedy: 'Presets that come with the program stay.',
    });
  }
  await write(stateFolder, kept);
}

type Stored = z.infer<typeof fileSchema>['presets'];

function readFile(stateFolder: string, onNote: OnNote): Stored {
  const path = fileIn(stateFolder);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  try {
    return fileSchema.parse(JSON.parse(text)).presets;
  } catch {
    onNote(`${path} is damaged, so your own presets are missing; the file is kept as ${setAside(path)}.`);
    return [];
  }
}

async function write(stateFolder: string, presets: Stored): Promise<void> {
  await writeFileAtomic(fileIn(stateFolder), `${JSON.stringify({ version: 1, presets }, undefined, 2)}\n`);
}
