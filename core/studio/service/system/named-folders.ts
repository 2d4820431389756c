import { homedir } from 'node:os';
import { parse } from 'node:path';
import type { Library } from '../../../library/library.ts';

/**
 * Puts names in place of the user's folders, so that what is handed to others does not tell how those are called:
 * "<library>/runs/3", "<dataset 2>/a.png", "~/…".
 *
 * @param library the open one, if any: its folder, and those that its datasets and exports lie in
 */
export function namedFolders(library: Library | undefined): (text: string) => string {
  const named: [folder: string, name: string][] = [
    [homedir(), '~'],
    ...(library ? [[library.folder, '<library>'] satisfies [string, string]] : []),
    ...(library?.datasets.list() ?? []).map(({ id, rootPath }): [string, string] => [
      rootPath,
      `<dataset ${id}>`,
    ]),
    ...(library?.exports.list() ?? []).map(({ id, folder }): [string, string] => [folder, `<export ${id}>`]),
  ];
  const known = named
    .filter(([folder]) => folder !== '' && folder !== parse(folder).root)
    .sort(([left], [right]) => right.length - left.length);
  return (text) =>
    known.reduce(
      (rest, [folder, name]) =>
        rest.replaceAll(folder, (found, at: number) => (endsAt(rest, at + folder.length) ? name : found)),
      text,
    );
}

/** Whether the name of a folder ends there: "/data/eyes" is not meant by "/data/eyes-2". */
function endsAt(text: string, at: number): boolean {
  return !/^[\p{L}\p{N}_-]/u.test(text.slice(at, at + 2));
}
