import type { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import type { Annotation } from '../../contract/annotation.ts';
import { imageSize } from '../pixels/image-size.ts';
import { folderOf } from './folder.ts';
import type { ImportItem } from './import-item.ts';
import type { RefusedFile } from './importer.ts';
import { labelDocument, type LabelDocument } from './label-document.ts';
import type { LabelFormat, LabelProblem, NamedLabel, NameOptions } from './label-files.ts';
import { matchAny, rulesFor } from './label-names.ts';
import { candidatesOf, openAll, type Opened } from './label-opening.ts';
import { surveyOf } from './label-survey.ts';
import type { NameMatch, PictureNames } from './picture-names.ts';

/** Every picture with its labels, and every file that is left out; see `Importer.read`. */
export async function* readLabels<Schema extends z.ZodType<NameOptions>, Shared>(
  format: LabelFormat<Schema, Shared>,
  root: string,
  options: z.output<Schema>,
  signal: AbortSignal,
): AsyncGenerator<ImportItem> {
  const survey = await surveyOf(root, signal);
  const { index, names } = survey;
  yield* index.problems;
  const candidates = candidatesOf(format, survey, options);
  const shared = await format.share(freshDocuments(root, candidates), survey);
  const taken = new Map<string, string>();
  // A few files that each hold a part of the labels are put together; a file for each picture is read by itself.
  const merged =
    candidates.length > 1 && candidates.length <= MOST_MERGED ? new Map<string, ImportItem>() : undefined;
  const refused: RefusedFile[] = [];
  const read: string[] = [];
  for (const document of freshDocuments(root, candidates)) {
    const { path } = document;
    const part = await openAll(format, [document], options, { survey, shared }, candidates.length === 1);
    refused.push(...part.refused);
    for (const opened of part.opened) {
      read.push(path);
      yield* readFile(opened, { root, names, options, taken, signal, merged });
    }
  }
  if (read.length === 0) throw nothingToRead(format.title, root, options.file, refused);
  if (merged) yield* merged.values();
  for (const { path, why } of refused) {
    yield { kind: 'skipped', path, reason: 'other-labels', message: `Is not read: it ${why}.` };
  }
  const where = read.length === 1 ? read[0] : `any of ${read.length} label files`;
  for (const path of index.pictures) {
    signal.throwIfAborted();
    if (taken.has(path)) continue;
    yield { kind: 'skipped', path, reason: 'image-without-label', message: `Is not listed in ${where}.` };
  }
}

/** Documents of their own, one after the other, so that what is read of each can be let go. */
function* freshDocuments(root: string, documents: readonly LabelDocument[]): Generator<LabelDocument> {
  for (const { path } of documents) yield labelDocument(root, path);
}

const MOST_MERGED = 16;

interface Reading {
  readonly root: string;
  readonly names: PictureNames;
  readonly options: NameOptions;
  /** Pictures that a label named so far, and the label file. */
  readonly taken: Map<string, string>;
  readonly signal: AbortSignal;
  /** Where files are put together: what was read of each picture. */
  readonly merged: Map<string, ImportItem> | undefined;
}

async function* readFile(opened: Opened, reading: Reading): AsyncGenerator<ImportItem> {
  const { document, file } = opened;
  const { names, taken, merged } = reading;
  const from = folderOf(document.path);
  const rules = await rulesFor(opened, names, reading.options);
  const exact = await exactlyNamed(opened, names);
  for await (const label of file.labels()) {
    reading.signal.throwIfAborted();
    const at = {
      kind: 'skipped',
      path: document.path,
      ...(label.line === undefined ? {} : { line: label.line }),
    } as const;
    if (label.names.length === 0) {
      const problem: LabelProblem =
        'reason' in label ? label : { reason: 'label-without-image', message: 'Names no image.' };
      yield { ...at, reason: problem.reason, message: problem.message };
      continue;
    }
    const match = matchAny(names, label.names, from, rules);
    const problem = matchProblem(match, label.names[0], exact);
    if (problem) {
      yield { ...at, ...problem };
      continue;
    }
    if (!('path' in match)) continue;
    const { path } = match;
    const before = merged?.get(path);
    const mayMerge = before !== undefined && taken.get(path) !== document.path;
    if (taken.has(path) && !mayMerge) {
      yield { ...at, reason: 'duplicate-label', message: `${path} has a label already.` };
      continue;
    }
    taken.set(path, document.path);
    const item: ImportItem =
      'reason' in label
        ? { ...at, reason: label.reason, message: `${path}: ${label.message}`, picture: path }
        : await imageOf(label, path, at, reading.root);
    if (!merged) {
      yield item;
    } else if (!before || before.kind === 'skipped') {
      merged.set(path, item);
      if (before) yield before;
    } else {
      const both = mergeLabels(before, item);
      if ('reason' in both) yield { ...at, ...both };
      else merged.set(path, both);
    }
  }
}

/** Pictures that the file names exactly: they are not given to names that are merely alike. */
async function exactlyNamed({ document, file }: Opened, names: PictureNames): Promise<ReadonlySet<string>> {
  const exact = new Set<string>();
  for await (const label of file.labels()) {
    const match = matchAny(names, label.names, folderOf(document.path), { exactOnly: true });
    if ('path' in match) exact.add(match.path);
  }
  return exact;
}

function matchProblem(
  match: NameMatch,
  written: string,
  exact: ReadonlySet<string>,
): LabelProblem | undefined {
  if ('path' in match) {
    if (match.way === 'exact' || !exact.has(match.path)) return undefined;
    return {
      reason: 'label-without-image',
      message: `${written} is not there; ${match.path} has a label of its own.`,
    };
  }
  switch (match.problem) {
    case 'missing':
      return { reason: 'label-without-image', message: `${written} is not there.` };
    case 'outside':
      return { reason: 'outside-folder', message: `${written} leads out of the folder.` };
    case 'several':
      return {
        reason: 'ambiguous-name',
        message: `${written} fits ${match.paths.slice(0, 3).join(' and ')}.`,
      };
  }
}

async function imageOf(
  { annotations, crop, source, notes }: NamedLabel,
  path: string,
  at: { readonly kind: 'skipped'; readonly path: string; readonly line?: number },
  root: string,
): Promise<ImportItem> {
  let read: readonly Annotation[] | LabelProblem;
  try {
    read =
      typeof annotations === 'function' ? annotations(await imageSize(`${root}/${path}`, path)) : annotations;
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { kind: 'skipped', path, reason: 'unreadable', message: error.message };
  }
  if ('reason' in read) {
    return { ...at, reason: read.reason, message: `${path}: ${read.message}`, picture: path };
  }
  return {
    kind: 'image',
    path,
    annotations: read,
    ...(crop ? { crop } : {}),
    ...(source === undefined ? {} : { source }),
    ...(notes && notes.length > 0 ? { notes } : {}),
  };
}

/** Labels of two files for one picture; a problem where they say two things of one kind. */
function mergeLabels(
  before: Extract<ImportItem, { kind: 'image' }>,
  item: ImportItem,
): ImportItem | LabelProblem {
  if (item.kind === 'skipped') return { reason: item.reason, message: item.message };
  const added = item.annotations.filter(
    (one) => !before.annotations.some((other) => JSON.stringify(other) === JSON.stringify(one)),
  );
  const twice = added.find((one) => before.annotations.some(({ kind }) => kind === one.kind));
  if (twice) {
    return { reason: 'duplicate-label', message: `${item.path} has another ${twice.kind} label already.` };
  }
  return {
    ...before,
    annotations: [...before.annotations, ...added],
    notes: [...(before.notes ?? []), ...(item.notes ?? [])],
  };
}

function nothingToRead(
  title: string,
  root: string,
  named: string | undefined,
  refused: readonly RefusedFile[],
): StudioError {
  const seen = refused.slice(0, 10).map(({ path, why }) => `\n  ${path} ${why}`);
  const isGone = named !== undefined && refused.length === 0;
  const what = isGone ? `${named} is not there` : 'none of its files is of this format';
  return new StudioError(
    isGone ? 'not-found' : 'bad-input',
    `No labels of ${title} to read in ${root}: ${what}${seen.length > 0 ? `:${seen.join('')}` : ''}.`,
    {
      remedy:
        'Name the file, relative to the folder, in the options of the import, or choose another format.',
      details: { path: root },
    },
  );
}
