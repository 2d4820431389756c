import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import type { Annotation } from '../../contract/annotation.ts';
import type { SkipReason } from '../../contract/skip-reason.ts';
import { imageSize } from '../pixels/image-size.ts';
import type { Box } from '../pixels/geometry.ts';
import { folderOf } from './folder.ts';
import type { ImportItem, ImportNote } from './import-item.ts';
import { defineImporter, type DatasetRole, type Detection, type Importer, type Survey } from './importer.ts';
import { labelDocument } from './label-document.ts';
import type { LabelDocument } from './label-document.ts';
import { surveyOf } from './label-survey.ts';
import type { NameMatch, NameRules, NameWay, PictureNames } from './picture-names.ts';

/** Width and height of the stored picture, upright. */
export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What a label file says of one picture. */
export interface NamedLabel {
  /** The picture, as the file names it; the first that fits is taken. */
  readonly names: readonly string[];
  /** Of the label file, counted from 1. */
  readonly line?: number | undefined;
  /** None for a picture that is listed without a label. */
  readonly annotations: readonly Annotation[] | ((size: Size) => readonly Annotation[] | LabelProblem);
  readonly crop?: Box;
  /** What else the file says; plain JSON. */
  readonly source?: unknown;
  readonly notes?: readonly ImportNote[];
}

export interface LabelProblem {
  readonly reason: SkipReason;
  /** One sentence. */
  readonly message: string;
}

/** A label that cannot be used; `names` is empty where it names no picture. */
interface BadLabel extends LabelProblem {
  readonly names: readonly string[];
  readonly line?: number | undefined;
}

/** A label file that a format reads. */
export interface LabelFile {
  /** What it holds, in words: "21 points of hand". */
  readonly what: string;
  /** From the start, each time it is called. */
  labels(): AsyncIterable<NamedLabel | BadLabel> | Iterable<NamedLabel | BadLabel>;
}

/** Why a file is not of a format: a clause that follows its name. */
export interface NotThisFormat {
  readonly refused: string;
}

const nameOptions = {
  /** The label file, relative to the folder; needed only where several fit. */
  file: z.string().min(1).optional(),
  /** Start of the names of images that is taken off; found where left out, none for "". */
  stripPrefix: z.string().optional(),
  /** Only names that are written exactly as the image's. */
  exactNames: z.boolean().default(false),
};

/** Options that every format of label files has. */
type NameOptions = z.output<z.ZodObject<typeof nameOptions>>;

/** For formats whose files need not agree on anything. */
export const nothingShared = (): Promise<undefined> => Promise.resolve(undefined);

/** The options of a format, and those by which names are matched. */
export const withNameOptions = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({ ...shape, ...nameOptions });

interface LabelFormat<Schema extends z.ZodType<NameOptions>, Shared> {
  readonly id: string;
  readonly title: string;
  readonly describes: string;
  readonly roles: readonly DatasetRole[];
  readonly optionsSchema: Schema;
  /** How sure the format is where every picture gets a label: 1 for one that cannot be mistaken. */
  readonly certainty: number;
  /** Whether a file of this name can be of the format. */
  mayBe(path: string): boolean;
  /** What all label files have to agree on, such as the order of points, from all of them. */
  share(documents: Iterable<LabelDocument>, survey: Survey): Promise<Shared>;
  /** @throws StudioError for a file that is damaged */
  open(
    document: LabelDocument,
    options: z.output<Schema>,
    context: { readonly survey: Survey; readonly shared: Shared },
  ): Promise<LabelFile | NotThisFormat>;
}

/** An importer of files whose labels name pictures. */
export function defineLabelFiles<Schema extends z.ZodType<NameOptions>, Shared>(
  format: LabelFormat<Schema, Shared>,
): Importer {
  const { id, title, describes, roles, optionsSchema } = format;
  return defineImporter({
    ...{ id, title, describes, roles, optionsSchema },
    detect: (survey, options) => detect(format, survey, options),
    read: (root, options, signal) => read(format, root, options, signal),
  });
}

interface Opened {
  readonly document: LabelDocument;
  readonly file: LabelFile;
}

/** Beyond so many label files a sample of them is looked at. */
const MOST_OPENED = 200;

async function detect<Schema extends z.ZodType<NameOptions>, Shared>(
  format: LabelFormat<Schema, Shared>,
  survey: Survey,
  options: z.output<Schema>,
): Promise<Detection> {
  const candidates = candidatesOf(format, survey, options);
  const looked = spread(candidates, MOST_OPENED);
  const shared = await format.share(looked, survey);
  const { opened, refused } = await openAll(format, looked, options, { survey, shared }, false);
  const labelled = new Set<string>();
  const ways = new Map<NameWay, number>();
  let prefix: string | undefined;
  for (const one of opened) {
    const found = await findLabelled(one, survey.names, options);
    if (found.labelled.size === 0) {
      refused.push({ path: one.document.path, why: `gives no label to an image (${one.file.what})` });
    }
    prefix ??= found.prefix;
    for (const [path, way] of found.labelled) {
      labelled.add(path);
      ways.set(way, (ways.get(way) ?? 0) + 1);
    }
  }
  const factor = looked.length === 0 ? 0 : candidates.length / looked.length;
  const count = Math.min(survey.index.pictures.length, Math.round(labelled.size * factor));
  const share = survey.index.pictures.length === 0 ? 0 : count / survey.index.pictures.length;
  return {
    confidence: count === 0 ? 0 : format.certainty * (0.5 + 0.5 * share),
    labelled: count,
    why: whyOf(format.title, opened, { count, of: survey.index.pictures.length, ways, prefix }),
    files: opened
      .map(({ document }) => document.path)
      .filter((path) => !refused.some((one) => one.path === path)),
    refused,
  };
}

function candidatesOf<Schema extends z.ZodType<NameOptions>, Shared>(
  format: LabelFormat<Schema, Shared>,
  { documents }: { readonly documents: readonly LabelDocument[] },
  { file }: NameOptions,
): readonly LabelDocument[] {
  return documents.filter(({ path }) => (file === undefined ? format.mayBe(path) : path === file));
}

/** The first, the last, and some between them. */
export function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, place) => items[Math.round(place * step)]);
}

async function openAll<Schema extends z.ZodType<NameOptions>, Shared>(
  format: LabelFormat<Schema, Shared>,
  documents: readonly LabelDocument[],
  options: z.output<Schema>,
  context: { readonly survey: Survey; readonly shared: Shared },
  mustRead: boolean,
): Promise<{ opened: Opened[]; refused: { path: string; why: string }[] }> {
  const opened: Opened[] = [];
  const refused: { path: string; why: string }[] = [];
  for (const document of documents) {
    try {
      const file = await format.open(document, options, context);
      if ('refused' in file) refused.push({ path: document.path, why: file.refused });
      else opened.push({ document, file });
    } catch (error) {
      // A damaged file ends the import where it was named, or where there is no other; else it is told of.
      if (!(error instanceof StudioError) || mustRead) throw error;
      refused.push({ path: document.path, why: withoutName(error.message, document.path) });
    }
  }
  return { opened, refused };
}

const withoutName = (message: string, path: string): string =>
  message.replace(`${path} `, '').replace(/\.$/, '');

async function findLabelled(
  { document, file }: Opened,
  names: PictureNames,
  options: NameOptions,
): Promise<{ labelled: Map<string, NameWay>; prefix: string | undefined }> {
  const rules = await rulesFor({ document, file }, names, options);
  const labelled = new Map<string, NameWay>();
  for await (const label of file.labels()) {
    if (!('annotations' in label)) continue;
    const isLabelled = typeof label.annotations === 'function' || label.annotations.length > 0;
    const match = isLabelled ? matchAny(names, label.names, folderOf(document.path), rules) : undefined;
    if (match && 'path' in match) labelled.set(match.path, match.way);
  }
  return { labelled, prefix: rules.stripPrefix };
}

/** The rules by which a file's names are matched, with the start that its names share. */
async function rulesFor(
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

function matchAny(
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

interface Told {
  readonly count: number;
  readonly of: number;
  readonly ways: ReadonlyMap<NameWay, number>;
  readonly prefix: string | undefined;
}

const WAYS: Readonly<Record<Exclude<NameWay, 'exact' | 'prefix'>, string>> = {
  spelling: 'in another spelling (case, accents, separators)',
  extension: 'without their ending or with another one',
  folder: 'without their folder',
};

function whyOf(title: string, opened: readonly Opened[], told: Told): string {
  if (opened.length === 0) return `There is no file of ${title}.`;
  const [first] = opened;
  const others = opened.length === 1 ? '' : ` and ${opened.length - 1} more`;
  const ways = Object.entries(WAYS).flatMap(([way, words]) => {
    const count = told.ways.get(way as NameWay);
    return count === undefined ? [] : [`${count} are named ${words}`];
  });
  const prefix = (told.ways.get('prefix') ?? 0) > 0 ? [`“${told.prefix ?? ''}” is taken off the names`] : [];
  return [
    `${first.document.path}${others}: ${first.file.what}; labels for ${told.count} of ${told.of} images`,
    ...ways,
    ...prefix,
  ]
    .join('; ')
    .concat('.');
}

async function* read<Schema extends z.ZodType<NameOptions>, Shared>(
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
  const refused: { path: string; why: string }[] = [];
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
  refused: readonly { readonly path: string; readonly why: string }[],
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
