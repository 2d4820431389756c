import { folderOf } from './folder.ts';
import type { NameOptions } from './label-files.ts';
import type { Opened } from './label-opening.ts';
import type { NameMatch, NameRules, PictureNames } from './picture-names.ts';

/** The rules by which a file's names are matched, with the start that its names share. */
export async function rulesFor(
  { document, file }: Opened,
  names: PictureNames,
  { stripPrefix, exactNames }: NameOptions,
): Promise<NameRules> {
  if (exactNames || stripPrefix !== undefined) return { stripPrefix, exactOnly: exactNames };
  const unmatched: string[] = [];
  const from = folderOf(document.path);
  for await (const label of file.labels()) {
    const match = label.names.length === 0 ? undefined : matchAny(names, label.names, from, {});
    if (match && 'problem' in match && match.problem !== 'several') unmatched.push(label.names[0]);
  }
  return { stripPrefix: unmatched.length === 0 ? undefined : names.learnPrefix(unmatched, from) };
}

/** The first of the names that fits a picture; else why the first did not. */
export function matchAny(
  names: PictureNames,
  written: readonly string[],
  from: string,
  rules: NameRules,
): NameMatch {
  let failure: NameMatch = { problem: 'missing' };
  for (const name of written) {
    const match = names.match(name, from, rules);
    if ('path' in match) return match;
    if (failure.problem === 'missing') failure = match;
  }
  return failure;
}
