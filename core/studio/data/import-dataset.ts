import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createFileBatch, type FileBatch } from '../../base/file-batch.ts';
import { mapOrdered } from '../../base/map-ordered.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { StudioError } from '../../base/studio-error.ts';
import type { Annotation } from '../../contract/annotation.ts';
import type { DepthMaps } from '../../contract/depth-maps.ts';
import { adjustAnnotation, type LabelAdjustment } from '../../contract/label-adjustment.ts';
import {
  importerOf,
  type Importer,
  type ImportItem,
  type ImportNote,
  type SkippedFile,
} from '../../datasets/importers/importers.ts';
import { checkLabels, inspectImage } from '../../datasets/importers/inspect.ts';
import { decodeImage, type DecodedImage } from '../../datasets/pixels/decode.ts';
import { proposeDepth } from '../../datasets/pixels/depth.ts';
import { toColumns } from '../../library/annotation-codec.ts';
import type { StoredAnnotation } from '../../library/annotations.ts';
import type { Dataset, DatasetRole } from '../../library/datasets.ts';
import type { ImageFile, NewImage } from '../../library/images.ts';
import type { Library } from '../../library/library.ts';
import { createLabelTally, withoutLabels, type ImportCause, type ImportNoteCount } from './label-tally.ts';
import { splitOf } from './split.ts';

export interface ImportRequest {
  readonly role: DatasetRole;
  readonly folder: string;
  /** Id of an importer; undefined detects the format. */
  readonly format: string | undefined;
  /** The importer's own. */
  readonly options: unknown;
  /** Name of the dataset; undefined takes the folder's. */
  readonly name: string | undefined;
  /** What an axis check found wrong with the labels; they are put right before they are checked. */
  readonly adjustment?: LabelAdjustment;
  /** What depth maps they are, null for pictures; undefined looks at the first of them. */
  readonly depth?: DepthMaps | null | undefined;
  /** Depth maps are used around what lies in their window, unless the format says which part to use. */
  readonly cropToDepth?: boolean;
  /** Imports synthetic images that have no label. */
  readonly unlabelled?: boolean;
  /** Keeps impossible labels; see `checkLabels`. */
  readonly keepImpossible?: boolean;
  /** Copies the pictures into the library instead of pointing at them. */
  readonly copy: boolean;
}

export interface ImportReport {
  readonly dataset: string;
  readonly format: string;
  readonly why: string;
  readonly added: number;
  /** In the dataset already, with the same content. */
  readonly known: number;
  /** In the dataset already, with other content or labels: taken over. */
  readonly changed: number;
  /** Of those added. */
  readonly labelled: number;
  /** Images that were found, imported or not. */
  readonly pictures: number;
  /** Images with a label after this import, of `pictures`. */
  readonly withLabels: number;
  /** What keeps images from a label, or from the library; the commonest first. */
  readonly causes: readonly ImportCause[];
  /** What is doubtful about labels that were imported. */
  readonly notes: readonly ImportNoteCount[];
  /** Files that may hold labels and were not read, and why; the first of them. */
  readonly unread: readonly { readonly path: string; readonly why: string }[];
  /** What they were read as, where they are depth maps. */
  readonly depth: DepthMaps | null;
  /** Of those added: the same file is in the library already. */
  readonly duplicates: number;
  readonly duplicatesInOtherSets: number;
  readonly skipped: readonly SkippedFile[];
}

const MOST_UNREAD = 50;
const INSPECTED_AT_ONCE = 4;
const BATCH_IMAGES = 500;

/**
 * Imports a folder as a dataset, or what is new in it when it was imported before. Every file that is left out is in
 * the report with its reason. Cancelled or failed, the dataset is as it was before. Throws `StudioError` where the
 * folder or the options cannot be right at all, or where there is no usable picture.
 */
export async function importDataset(
  library: Library,
  request: ImportRequest,
  hooks: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<ImportReport> {
  const folder = resolve(request.folder);
  const chosen = await importerOf(folder, request.role, request.format, request.options, hooks.signal);
  const { importer, why } = chosen;
  if (needsLabels(request) && request.format === undefined && chosen.labelled === 0) {
    throw withoutLabels(folder, chosen.pictures, chosen.unread);
  }
  const depth = await depthOf(library, request, folder, importer, hooks.signal);
  const { dataset, isNew } = findOrAddDataset(library, { ...request, depth }, folder, importer);
  const tally: Tally & { readonly skipped: SkippedFile[] } = {
    added: [],
    replacements: [],
    known: 0,
    labelled: 0,
    skipped: [],
  };
  const labels = createLabelTally();
  const copies = createFileBatch();
  try {
    let batch: NewImage[] = [];
    const flush = async (): Promise<void> => {
      await copies.putInPlace();
      addBatch(library, dataset, batch, tally);
      batch = [];
    };
    for await (const result of readFolder(importer, folder, dataset, request, copies, hooks.signal)) {
      labels.add(result);
      if (result.kind === 'skipped') tally.skipped.push(result);
      else batch.push(result.image);
      if (batch.length === BATCH_IMAGES) await flush();
      hooks.onProgress({
        done:
          tally.added.length + tally.known + tally.replacements.length + batch.length + tally.skipped.length,
        total: undefined,
        unit: 'files',
        label: `Reading ${basename(folder)}`,
      });
    }
    await flush();
    hooks.signal.throwIfAborted();
    if (isNew && tally.added.length === 0) throw nothingImported(folder, importer, tally.skipped);
    if (needsLabels(request) && labels.result().withLabels === 0) {
      throw withoutLabels(folder, labels.result().pictures, chosen.unread);
    }
    replaceAll(library, tally.replacements);
  } catch (error) {
    // Files first: on a full disk the database needs their space to write the removal.
    await copies.discard();
    if (isNew && request.copy) await rm(dataset.rootPath, { recursive: true, force: true });
    undo(library, dataset, isNew, tally.added);
    if (!hooks.signal.aborted) throw error;
    throw new StudioError('cancelled', `The import of ${folder} was stopped; nothing of it is kept.`, {
      remedy: 'Run the command again.',
      cause: error,
    });
  }
  const duplicates = library.images
    .getMany(tally.added)
    .flatMap((image) => (image.duplicateOf === null ? [] : [image.duplicateOf]));
  const originals = library.images.getMany(duplicates);
  return {
    dataset: dataset.name,
    format: importer.id,
    why,
    added: tally.added.length,
    known: tally.known,
    changed: tally.replacements.length,
    labelled: tally.labelled,
    ...labels.result(),
    unread: chosen.unread.slice(0, MOST_UNREAD),
    depth: dataset.depth,
    duplicates: duplicates.length,
    duplicatesInOtherSets: originals.filter((original) => original.datasetId !== dataset.id).length,
    skipped: tally.skipped,
  };
}

/** As it was said, else as it is known of the dataset, else as the pictures look. */
async function depthOf(
  library: Library,
  request: ImportRequest,
  folder: string,
  importer: Importer,
  signal: AbortSignal,
): Promise<DepthMaps | null> {
  if (request.depth !== undefined) return request.depth;
  const known = library.datasets.byName(nameOf(request, folder));
  return known ? known.depth : lookForDepth(importer, folder, request.options, signal);
}

const nameOf = ({ name }: ImportRequest, folder: string): string => name ?? basename(folder);

const LOOKED_AT = 8;

/** What depth maps the first pictures of a folder seem to be; null where they are pictures. */
async function lookForDepth(
  importer: Importer,
  folder: string,
  options: unknown,
  signal: AbortSignal,
): Promise<DepthMaps | null> {
  const pictures: DecodedImage[] = [];
  for await (const item of importer.read(folder, options, signal)) {
    const picture = item.kind === 'image' ? await decodeIfWhole(join(folder, item.path)) : undefined;
    if (picture) pictures.push(picture);
    if (pictures.length === LOOKED_AT) break;
  }
  return proposeDepth(pictures) ?? null;
}

/** One that is damaged is told of when it is imported. */
async function decodeIfWhole(path: string): Promise<DecodedImage | undefined> {
  try {
    return await decodeImage(path);
  } catch (error) {
    if (error instanceof StudioError) return undefined;
    throw error;
  }
}

type ReadResult =
  SkippedFile | { readonly kind: 'image'; readonly image: NewImage; readonly notes: readonly ImportNote[] };

async function* readFolder(
  importer: Importer,
  folder: string,
  dataset: Dataset,
  request: ImportRequest,
  copies: FileBatch,
  signal: AbortSignal,
): AsyncGenerator<ReadResult> {
  const items = importer.read(folder, request.options, signal);
  yield* mapOrdered(items, INSPECTED_AT_ONCE, async (read: ImportItem): Promise<ReadResult> => {
    signal.throwIfAborted();
    const item = request.unlabelled ? takenWithoutLabel(read) : read;
    if (item.kind === 'skipped') return item;
    const inspected = await inspectImage(folder, item.path, dataset.depth);
    if (inspected.kind === 'skipped') return inspected;
    const adjusted = withAdjustedLabels(item, request.adjustment, inspected);
    const checked = checkLabels(adjusted, inspected, request.keepImpossible);
    if (checked.kind === 'skipped') return checked;
    if (request.copy) await copies.copy(join(folder, item.path), join(dataset.rootPath, item.path));
    const { fileSha256, widthPx, heightPx, channels, bitDepth, greyMean, greyDeviation } = inspected;
    const crop = item.crop ?? (request.cropToDepth ? inspected.foreground : undefined);
    const file: ImageFile = {
      path: item.path,
      fileSha256,
      widthPx,
      heightPx,
      channels,
      bitDepth,
      crop: crop ?? null,
      greyMean,
      greyDeviation,
      source: item.source ?? null,
    };
    return {
      kind: 'image',
      image: { ...file, split: splitOf(fileSha256), annotations: [...checked.annotations] },
      notes: checked.notes ?? [],
    };
  });
}

/** An image that is left out only because it has no label. */
function takenWithoutLabel(item: ImportItem): ImportItem {
  const lacksLabel = item.kind === 'skipped' && item.reason === 'image-without-label';
  return lacksLabel ? { kind: 'image', path: item.path, annotations: [] } : item;
}

const needsLabels = ({ role, unlabelled }: ImportRequest): boolean =>
  role === 'synthetic' && unlabelled !== true;

type ImportedImage = Extract<ImportItem, { kind: 'image' }>;

function withAdjustedLabels(
  item: ImportedImage,
  adjustment: LabelAdjustment | undefined,
  size: { readonly widthPx: number; readonly heightPx: number },
): ImportedImage {
  if (!adjustment) return item;
  const annotations = item.annotations.map((annotation) =>
    hasFiniteGaze(annotation) ? adjustAnnotation(annotation, adjustment, size) : annotation,
  );
  return { ...item, annotations };
}

/** A gaze that is no direction cannot be turned; it is left for the check to refuse. */
function hasFiniteGaze(annotation: Annotation): boolean {
  return annotation.kind !== 'gaze' || Number.isFinite(annotation.pitchRad + annotation.yawRad);
}

interface Tally {
  readonly added: number[];
  /** Known images with new content or labels; replaced together in the end, so that a cancelled import leaves them. */
  readonly replacements: { readonly imageId: number; readonly image: NewImage }[];
  known: number;
  labelled: number;
}

function addBatch(library: Library, dataset: Dataset, batch: readonly NewImage[], tally: Tally): void {
  const known = library.images.known(
    dataset.id,
    batch.map(({ path }) => path),
  );
  const fresh = batch.filter(({ path }) => !known.has(path));
  const labels = library.annotations.ofMany([...known.values()].map(({ imageId }) => imageId));
  for (const image of batch) {
    const before = known.get(image.path);
    if (!before) continue;
    const { imageId, fileSha256 } = before;
    const isSame =
      fileSha256 === image.fileSha256 && haveSameLabels(labels.get(imageId) ?? [], image.annotations);
    if (isSame) tally.known += 1;
    else tally.replacements.push({ imageId, image });
  }
  tally.added.push(...library.images.add(dataset.id, fresh));
  tally.labelled += fresh.filter(({ annotations }) => annotations.length > 0).length;
}

/** Whether an import says what it said before; a person's own labels stay in any case. */
function haveSameLabels(stored: readonly StoredAnnotation[], imported: readonly Annotation[]): boolean {
  const corrected = new Set(
    stored.filter(({ author }) => author === 'user').map(({ annotation }) => annotation.kind),
  );
  const before = stored.filter(({ author }) => author === 'import').map(({ annotation }) => annotation);
  const now = imported.filter(({ kind }) => !corrected.has(kind));
  return (
    before.length === now.length &&
    now.every((annotation) => {
      const other = before.find(({ kind }) => kind === annotation.kind);
      return other !== undefined && isDeepStrictEqual(toColumns(other), toColumns(annotation));
    })
  );
}

function replaceAll(library: Library, replacements: Tally['replacements']): void {
  library.transaction(() => {
    for (const { imageId, image } of replacements) {
      library.images.replaceFile(imageId, image, image.annotations);
    }
  });
}

function findOrAddDataset(
  library: Library,
  request: ImportRequest & { readonly depth: DepthMaps | null },
  folder: string,
  importer: Importer,
): { dataset: Dataset; isNew: boolean } {
  const name = nameOf(request, folder);
  const found = library.datasets.byName(name);
  const root = request.copy ? join(library.folder, 'images', name) : folder;
  if (found) {
    const same = found.role === request.role && found.rootPath === root && found.format === importer.id;
    if (same && isDeepStrictEqual(found.depth, request.depth)) return { dataset: found, isNew: false };
    throw new StudioError(
      'busy',
      `The library has another dataset "${name}" (${found.role}, ${found.rootPath}).`,
      {
        remedy: 'Give the new one another name with --name.',
        details: { dataset: name },
      },
    );
  }
  const dataset = library.datasets.add({
    name,
    role: request.role,
    format: importer.id,
    rootPath: root,
    copied: request.copy,
    importOptions: request.adjustment
      ? { options: request.options ?? {}, adjustment: request.adjustment }
      : (request.options ?? {}),
    keypointLayout: null,
    depth: request.depth,
  });
  return { dataset, isNew: true };
}

function undo(library: Library, dataset: Dataset, isNew: boolean, added: readonly number[]): void {
  if (isNew) library.datasets.remove(dataset.id);
  else library.images.remove(added);
}

function nothingImported(folder: string, importer: Importer, skipped: readonly SkippedFile[]): StudioError {
  const examples = skipped.slice(0, 3).map(({ path, message }) => `\n  ${path}: ${message}`);
  return new StudioError(
    'bad-input',
    skipped.length === 0
      ? `${folder} holds no picture that the format "${importer.id}" reads.`
      : `None of the ${skipped.length} files in ${folder} could be imported as "${importer.id}":${examples.join('')}`,
    {
      remedy: `Check the folder, or name another format with --format. ${importer.describes}`,
      details: { folder, format: importer.id },
    },
  );
}
