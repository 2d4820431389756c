import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { messageOf, StudioError } from '../base/studio-error.ts';

/** The value of an option that takes JSON, written out or in a file. Undefined where the option is not given. */
export async function readJsonOption(value: string | undefined, flag: string): Promise<unknown> {
  if (value === undefined) return undefined;
  const isFile = existsSync(value);
  try {
    return JSON.parse(isFile ? await readFile(value, 'utf8') : value);
  } catch (error) {
    const where = isFile ? `The file ${value}` : 'What follows it';
    throw new StudioError('bad-usage', `${flag}: ${where} is no JSON: ${messageOf(error)}`, {
      remedy: `Give JSON, such as '{"key": "value"}', or the name of a JSON file.`,
      details: { flag },
      cause: error,
    });
  }
}
