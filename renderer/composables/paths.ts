/** Paths of the computer on which the studio runs, as plain text: the window knows no file system. */

const separatorOf = (path: string): string => (path.includes('\\') && !path.startsWith('/') ? '\\' : '/');

/** A name below a folder. */
export function joined(folder: string, name: string): string {
  const separator = separatorOf(folder);
  return folder.endsWith(separator) ? `${folder}${name}` : `${folder}${separator}${name}`;
}

/** The last part: "Renders" of "/home/me/Renders/". */
export function lastPart(path: string): string {
  const parts = path.split(separatorOf(path)).filter((part) => part !== '');
  return parts.at(-1) ?? path;
}

/** The folder that a path lies in; itself where it is at the top. */
export function folderOf(path: string): string {
  const separator = separatorOf(path);
  const trimmed = path.endsWith(separator) ? path.slice(0, -1) : path;
  const place = trimmed.lastIndexOf(separator);
  if (place < 0) return path;
  return place === 0 ? separator : trimmed.slice(0, place);
}

export interface Crumb {
  readonly name: string;
  readonly path: string;
}

/** The way from the root that holds a folder down to it. */
export function crumbsOf(folder: string, roots: readonly string[]): Crumb[] {
  const separator = separatorOf(folder);
  const within = (root: string): boolean =>
    folder === root || folder.startsWith(root.endsWith(separator) ? root : `${root}${separator}`);
  const root = roots.filter(within).sort((left, right) => right.length - left.length)[0];
  if (root === undefined) return [{ name: lastPart(folder), path: folder }];
  const crumbs = [{ name: root === separator ? separator : lastPart(root), path: root }];
  for (const name of folder.slice(root.length).split(separator)) {
    if (name !== '') crumbs.push({ name, path: joined(crumbs[crumbs.length - 1].path, name) });
  }
  return crumbs;
}
