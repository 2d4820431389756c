import { StudioError } from '../../base/studio-error.ts';
import { categoryFolders } from './category-folders.ts';
import { coco } from './coco.ts';
import { cvat } from './cvat.ts';
import { datumaro } from './datumaro.ts';
import { deepLabCut } from './deeplabcut.ts';
import { gazeHub } from './gazehub.ts';
import { icvlHand } from './icvl-hand.ts';
import type { DatasetRole, Detection, Importer, RefusedFile, Survey } from './importer.ts';
import { labelMe } from './labelme.ts';
import { labelStudio } from './label-studio.ts';
import { nameKind } from './label-sample.ts';
import { surveyOf } from './label-survey.ts';
import { nyuHand } from './nyu-hand.ts';
import { plainFolder } from './plain-folder.ts';
import { simganExport } from './simgan-export.ts';
import { synthesEyes } from './syntheseyes.ts';
import { table } from './table.ts';
import { unityEyes } from './unityeyes.ts';
import { unityEyes2 } from './unityeyes2.ts';
import { yoloPose } from './yolo-pose.ts';

export type { DatasetRole, Importer, ImportItem, ImportNote, SkippedFile } from './importer.ts';

/** All formats that can be read. */
export const importers: readonly Importer[] = [
  plainFolder,
  categoryFolders,
  table,
  coco,
  yoloPose,
  labelStudio,
  cvat,
  labelMe,
  datumaro,
  deepLabCut,
  synthesEyes,
  unityEyes,
  unityEyes2,
  gazeHub,
  nyuHand,
  icvlHand,
  simganExport,
];

export interface DetectedFormat extends Detection {
  readonly importer: Importer;
}

/**
 * All formats, the likeliest first, each with what was seen: label files are looked for first, and a format is the
 * likelier the more of all pictures would get a label.
 * @throws StudioError for a folder that is not there, may not be read, or holds no picture
 */
export async function detectFormat(
  folder: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<DetectedFormat[]> {
  return rank(await surveyWithPictures(folder, signal), importers);
}

/** The format to read a folder with, and what was seen of the others. */
export interface ChosenFormat {
  readonly importer: Importer;
  /** In words. */
  readonly why: string;
  /** Pictures in the folder. */
  readonly pictures: number;
  /** Pictures that are expected to get a label. */
  readonly labelled: number;
  /** Files that may hold labels and that the format does not read. */
  readonly unread: readonly RefusedFile[];
}

/**
 * The importer to read a folder with: the named one, else the likeliest that reads sets of this role, and why.
 * @param options the importer's own
 * @throws StudioError 'bad-usage' for an unknown name, 'bad-input' or 'not-found' for a folder that none can read
 */
export async function importerOf(
  folder: string,
  role: DatasetRole,
  format: string | undefined,
  options?: unknown,
  signal: AbortSignal = new AbortController().signal,
): Promise<ChosenFormat> {
  const known = importers.map(({ id }) => id).join(', ');
  const named = importers.find(({ id }) => id === format);
  if (format !== undefined && !named) {
    throw new StudioError('bad-usage', `There is no format "${format}".`, {
      remedy: `Choose one of ${known}, or name none to have it recognised.`,
      details: { format },
    });
  }
  const survey = await surveyWithPictures(folder, signal);
  const detected = await rank(survey, importers, named && { importer: named, options });
  const best = named
    ? detected.find(({ importer }) => importer === named)
    : detected.find(({ importer, confidence }) => importer.roles.includes(role) && confidence > 0);
  if (best) {
    const { importer, why, labelled } = best;
    const pictures = survey.index.pictures.length;
    return { importer, why, labelled, pictures, unread: unreadFiles(survey, best, detected) };
  }
  const reasons = detected.map(({ importer, why }) => `\n  ${importer.id}: ${why}`).join('');
  throw new StudioError('bad-input', `${folder} fits no known format:${reasons}`, {
    remedy: `Name the format: ${known}.`,
    details: { path: folder },
  });
}

async function surveyWithPictures(folder: string, signal: AbortSignal): Promise<Survey> {
  const survey = await surveyOf(folder, signal);
  const { pictures, others } = survey.index;
  if (pictures.length > 0) return survey;
  const what = others.length === 0 ? 'is empty' : `holds ${others.length} files, but no image`;
  throw new StudioError('bad-input', `${folder} ${what}.`, {
    remedy:
      'Give a folder with images: PNG, JPEG, WebP, AVIF, TIFF, BMP, PGM or PPM, there or in its sub-folders.',
    details: { path: folder },
  });
}

async function rank(
  survey: Survey,
  formats: readonly Importer[],
  named?: { readonly importer: Importer; readonly options: unknown },
): Promise<DetectedFormat[]> {
  const detected: DetectedFormat[] = [];
  for (const importer of formats) {
    const detection =
      named?.importer === importer
        ? await importer.detect(survey, named.options)
        : await detectSafely(importer, survey);
    detected.push({ importer, ...detection });
  }
  return detected.sort((left, right) => right.confidence - left.confidence);
}

/** A broken table or label must not keep the other formats from being tried. */
async function detectSafely(importer: Importer, survey: Survey): Promise<Detection> {
  try {
    return await importer.detect(survey);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { confidence: 0, labelled: 0, why: error.message, files: [], refused: [] };
  }
}

/** Each with what the likeliest format for it says. */
function unreadFiles(
  { documents }: Survey,
  chosen: DetectedFormat,
  detected: readonly DetectedFormat[],
): RefusedFile[] {
  const read = new Set(chosen.files.map(nameKind));
  const refusedByChosen = new Set(chosen.refused.map(({ path }) => path));
  return documents.flatMap(({ path }) => {
    // Of many files of one kind only some were opened.
    if (read.has(nameKind(path)) && !refusedByChosen.has(path)) return [];
    const reader = detected.find(({ files }) => files.includes(path));
    if (reader) return [{ path, why: `is read as ${reader.importer.id}` }];
    const reasons = detected.flatMap(({ importer, refused }) =>
      refused.filter((one) => one.path === path).map((one) => ({ ...one, id: importer.id })),
    );
    const reason =
      reasons.find(({ isClose }) => isClose) ?? reasons.find(({ id }) => id === 'table') ?? reasons.at(0);
    return [{ path, why: reason?.why ?? 'is of a kind that is not read' }];
  });
}
