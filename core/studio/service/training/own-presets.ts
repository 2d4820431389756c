import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../base/atomic-file.ts';
import { StudioError } from '../../../base/studio-error.ts';
import { trainingConfigSchema, type TrainingConfig } from '../../../contract/training-config.ts';

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

/**
 * The user's presets. One whose configuration is no longer valid is left out; it stays in the file.
 * @throws StudioError 'bad-input' where the file cannot be read, so that nothing writes over it
 */
export function readOwnPresets(stateFolder: string): OwnPreset[] {
  return readFile(stateFolder).flatMap(({ title, config }) => {
    const parsed = trainingConfigSchema.safeParse(config);
    return parsed.success ? [{ name: nameOf(title), title, config: parsed.data }] : [];
  });
}

/** Saves a preset; one of the same title is replaced. */
export async function saveOwnPreset(
  stateFolder: string,
  title: string,
  config: TrainingConfig,
): Promise<void> {
  const others = readFile(stateFolder).filter((preset) => preset.title !== title);
  await write(stateFolder, [...others, { title, config }]);
}

/** @throws StudioError 'not-found' where the user has none of this name */
export async function removeOwnPreset(stateFolder: string, name: string): Promise<void> {
  const before = readFile(stateFolder);
  const kept = before.filter(({ title }) => nameOf(title) !== name);
  if (kept.length === before.length) {
    throw new StudioError('not-found', `There is no preset "${name}" of your own.`, {
      remedy: 'Presets that come with the program stay.',
    });
  }
  await write(stateFolder, kept);
}

type Stored = z.infer<typeof fileSchema>['presets'];

function readFile(stateFolder: string): Stored {
  const path = fileIn(stateFolder);
  if (!existsSync(path)) return [];
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).presets;
  } catch (error) {
    throw new StudioError('bad-input', `The presets in ${path} cannot be read.`, {
      remedy: 'Put the file back from a backup, or move it away to start anew.',
      details: { path },
      cause: error,
    });
  }
}

async function write(stateFolder: string, presets: Stored): Promise<void> {
  await writeFileAtomic(fileIn(stateFolder), `${JSON.stringify({ version: 1, presets }, undefined, 2)}\n`);
}
