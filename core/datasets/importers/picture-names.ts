import { realpathSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { baseName, isPicture, stemOf } from './folder.ts';

/** How a name that a label file writes stands for a picture. */
export type NameWay =
  | 'exact'
  /** Case, accents composed or not, separators, percent signs. */
  | 'spelling'
  | 'extension'
  /** The end of the picture's path. */
  | 'folder'
  /** After the start that all such names share is taken off. */
  | 'prefix';

export type NameMatch =
  | { readonly path: string; readonly way: NameWay }
  /** Fits none, or several. */
  | { readonly problem: 'missing' | 'outside' }
  | { readonly problem: 'several'; readonly paths: readonly string[] };

export interface NameRules {
  /** Start of names to take off; '' for none, undefined for the one that `learnPrefix` finds. */
  readonly stripPrefix?: string | undefined;
  /** Only names that are written exactly as the picture's. */
  readonly exactOnly?: boolean | undefined;
}

/** The pictures of a folder, found by the names that label files write. */
export interface PictureNames {
  /**
   * @param from folder of the label file, relative to the root: names start there, or at the root
   */
  match(written: string, from: string, rules?: NameRules): NameMatch;
  /** The start that can be taken off the names that fit no picture, so that most of them fit one. */
  learnPrefix(written: Iterable<string>, from: string): string | undefined;
  /** Names with letters beyond ASCII: a text in the right encoding holds them. */
  readonly words: readonly string[];
}

const MOST_WORDS = 500;

export function createPictureNames(root: string, pictures: readonly string[]): PictureNames {
  const roots = [...new Set([resolve(root), realRoot(root)])].map((one) => one.replaceAll('\\', '/'));
  const exact = new Set(pictures);
  const folded = lazily(() => groupBy(pictures, fold));
  const stems = lazily(() => groupBy(pictures, (path) => stemOf(fold(path))));
  const bases = lazily(() => groupBy(pictures, (path) => baseName(fold(path))));
  const baseStems = lazily(() => groupBy(pictures, (path) => stemOf(baseName(fold(path)))));

  /** Paths relative to the root that a name can mean; empty where it leads out. */
  const pathsOf = (name: string, from: string): string[] => {
    if (isAbsolute(name)) {
      const inside = roots.find((one) => name.startsWith(`${one}/`));
      return inside === undefined ? [] : [posix.normalize(name.slice(inside.length + 1))];
    }
    return [...new Set([posix.join(from, name), posix.normalize(name)])].filter((path) => !leadsOut(path));
  };
  const endingWith = (name: string): string[] => {
    const wanted = fold(posix.normalize(name));
    const isEnd = (path: string, end: string): boolean => path === end || path.endsWith(`/${end}`);
    const whole = (bases().get(baseName(wanted)) ?? []).filter((path) => isEnd(fold(path), wanted));
    if (whole.length > 0) return whole;
    const stem = bareName(wanted);
    return (baseStems().get(baseName(stem)) ?? []).filter((path) => isEnd(stemOf(fold(path)), stem));
  };
  const matchPlainly = (written: string, from: string, exactOnly: boolean): NameMatch | undefined => {
    const variants = variantsOf(written);
    const paths = variants.map((name) => pathsOf(name, from));
    const found = paths[0].find((path) => exact.has(path));
    if (found !== undefined) return { path: found, way: 'exact' };
    if (exactOnly) return undefined;
    for (const path of paths.flat()) if (exact.has(path)) return { path, way: 'spelling' };
    for (const path of paths.flat()) {
      const match = only(folded().get(fold(path)), 'spelling');
      if (match) return match;
    }
    for (const path of paths.flat()) {
      const match = only(stems().get(bareName(fold(path))), 'extension');
      if (match) return match;
    }
    return undefined;
  };
  const matchEnd = (written: string): NameMatch | undefined => {
    for (const name of variantsOf(written)) {
      const match = isAbsolute(name) || leadsOut(name) ? undefined : only(endingWith(name), 'folder');
      if (match) return match;
    }
    return undefined;
  };
  const failure = (written: string, from: string): NameMatch => ({
    problem: variantsOf(written).every((name) => pathsOf(name, from).length === 0) ? 'outside' : 'missing',
  });

  const withoutPrefix = (written: string, prefix: string): NameMatch | undefined => {
    const name = slashed(written);
    if (prefix === '' || !name.startsWith(prefix)) return undefined;
    const rest = name.slice(prefix.length).replace(/^\/+/, '');
    // The folders of another computer say nothing; those of a relative name may be other people's.
    const match = matchPlainly(rest, '', false) ?? (isAbsolute(name) ? matchEnd(rest) : undefined);
    return match && 'path' in match ? { ...match, way: 'prefix' } : match;
  };

  return {
    match(written, from, { stripPrefix = '', exactOnly = false } = {}) {
      const match =
        matchPlainly(written, from, exactOnly) ??
        (exactOnly ? undefined : (withoutPrefix(written, stripPrefix) ?? matchEnd(written)));
      return match ?? failure(written, from);
    },
    learnPrefix(written, from) {
      const unknown: string[] = [];
      for (const name of written) {
        if (!matchPlainly(name, from, false) && !matchEnd(name)) unknown.push(slashed(name));
      }
      const shared = sharedFolders(unknown);
      let best: { readonly prefix: string; readonly count: number } | undefined;
      for (let parts = 1; parts <= shared.length; parts++) {
        const prefix = `${shared.slice(0, parts).join('/')}/`;
        const count = unknown.filter((name) => 'path' in (withoutPrefix(name, prefix) ?? {})).length;
        if (count > (best?.count ?? 0)) best = { prefix, count };
      }
      return best?.prefix;
    },
    get words() {
      const words: string[] = [];
      for (const path of pictures) {
        if (words.length === MOST_WORDS) break;
        const word = stemOf(baseName(path)).normalize('NFC');
        if (isBeyondAscii(word)) words.push(word);
      }
      return words;
    },
  };
}

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return resolve(root);
  }
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function groupBy(paths: readonly string[], keyOf: (path: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = keyOf(path);
    const group = groups.get(key);
    if (group) group.push(path);
    else groups.set(key, [path]);
  }
  return groups;
}

const only = (paths: readonly string[] | undefined, way: NameWay): NameMatch | undefined => {
  if (!paths || paths.length === 0) return undefined;
  return paths.length === 1 ? { path: paths[0], way } : { problem: 'several', paths };
};

const fold = (path: string): string => path.normalize('NFC').toLowerCase();

/** Without the extension of a picture; a name without one stays. */
const bareName = (path: string): string => (isPicture(path) ? stemOf(path) : path);

const slashed = (name: string): string =>
  name
    .trim()
    .replace(/^file:\/\//i, '')
    .replaceAll('\\', '/');

/** A name as it is written, with '/', and without percent signs. */
function variantsOf(written: string): string[] {
  const variants = [written.trim(), slashed(written)];
  if (written.includes('%')) {
    try {
      variants.push(decodeURIComponent(slashed(written)));
    } catch {
      // A percent sign that is one.
    }
  }
  return [...new Set(variants)];
}

const isAbsolute = (name: string): boolean => /^(?:\/|[a-z]:[\\/]|[a-z]{2,}:\/\/)/i.test(name);

const leadsOut = (path: string): boolean => path === '..' || path.startsWith('../');

/** The folders with which all names start. */
function sharedFolders(names: readonly string[]): string[] {
  const parts = names.map((name) => name.split('/').slice(0, -1));
  const [first = []] = parts;
  let length = first.length;
  for (const other of parts) {
    let same = 0;
    while (same < length && other[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(0, length);
}

const isBeyondAscii = (text: string): boolean => Array.from(text).some((letter) => letter > '\x7f');
