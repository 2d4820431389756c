import type { z } from 'zod';
import { folderOf } from './folder.ts';
import type { Detection, Survey } from './importer.ts';
import type { LabelFormat, NameOptions } from './label-files.ts';
import { matchAny, rulesFor } from './label-names.ts';
import { candidatesOf, openAll, type Opened } from './label-opening.ts';
import { sampleNames } from './label-sample.ts';
import type { NameWay, PictureNames } from './picture-names.ts';

/** What a format finds in a folder; see `Importer.detect`. */
export async function detectLabels<Schema extends z.ZodType<NameOptions>, Shared>(
  format: LabelFormat<Schema, Shared>,
  survey: Survey,
  options: z.output<Schema>,
): Promise<Detection> {
  const sampled = sampleNames(candidatesOf(format, survey, options));
  const looked = sampled.map(({ item }) => item);
  const standsFor = new Map(sampled.map(({ item, standsFor: count }) => [item, count]));
  const shared = await format.share(looked, survey);
  const { opened, refused } = await openAll(format, looked, options, { survey, shared }, false);
  const labelled = new Set<string>();
  const ways = new Map<NameWay, number>();
  let prefix: string | undefined;
  let unseen = 0;
  for (const one of opened) {
    const found = await findLabelled(one, survey.names, options);
    if (found.labelled.size === 0) {
      refused.push({ path: one.document.path, why: `gives no label to an image (${one.file.what})` });
    }
    prefix ??= found.prefix;
    unseen += found.labelled.size * ((standsFor.get(one.document) ?? 1) - 1);
    for (const [path, way] of found.labelled) {
      labelled.add(path);
      ways.set(way, (ways.get(way) ?? 0) + 1);
    }
  }
  const count = Math.min(survey.index.pictures.length, Math.round(labelled.size + unseen));
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
