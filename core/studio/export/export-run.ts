import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../base/atomic-file.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { StudioError } from '../../base/studio-error.ts';
import { removeTemporaryFiles } from '../../base/temporary-files.ts';
import { PROGRAM_VERSION } from '../../base/version.ts';
import type { Annotation } from '../../contract/annotation.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { exportDataset, type ExportSummary } from '../../datasets/exporters/export-dataset.ts';
import type { ExportSample } from '../../datasets/exporters/export-sample.ts';
import { describeLoss } from '../../datasets/exporters/label-formats.ts';
import { MANIFEST_FILE, type LabelFormatId } from '../../datasets/exporters/manifest.ts';
import { fromSigned, fullScaleOf, restoreDepthMm } from '../../datasets/pixels/normalise.ts';
import type { Pack } from '../../datasets/pixels/pack.ts';
import { newPixels, type Pixels } from '../../datasets/pixels/raster.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { LabelledImage } from '../../library/images.ts';
import type { Library } from '../../library/library.ts';
import type { RefinedImage } from '../../library/refined-images.ts';
import type { Run } from '../../library/runs.ts';
import { readBatch } from '../data/pack-samples.ts';
import { preparedLabels } from '../refine/prepared-labels.ts';
import {
  createBlender,
  describeDial,
  dialSettingOf,
  isFullRefinement,
  type Blender,
} from '../refine/realism-dial.ts';
import { refinedShards } from '../refine/refined-files.ts';
import { configOf } from '../runs/run-config.ts';
import { openRunPacks, preprocessingOf, type RunPacks } from '../runs/runs.ts';

export interface ExportRequest {
  readonly folder: string;
  readonly formats: readonly LabelFormatId[];
  /** Images whose structure moved further are held back; undefined holds none back. */
  readonly driftBudgetPx: number | undefined;
  /** Exports images whose drift could not be measured, too. */
  readonly includeUnverified: boolean;
}

export interface ExportResult extends ExportSummary {
  /** Refined images that stay behind, by reason. */
  readonly heldBack: {
    readonly overBudget: number;
    readonly unverified: number;
    readonly excluded: number;
  };
  /** What the chosen formats cannot hold. */
  readonly losses: readonly string[];
}

const GAZE_CONVENTION =
  'Unit vector in the OpenCV camera frame: x right, y down, z away from the camera; an eye that looks into the camera is ' +
  '(0, 0, -1). Radians: pitch = asin(-y), positive up; yaw = atan2(-x, -z), positive toward the left edge of the image.';

/**
 * Exports the refined images of a checkpoint with their labels, which follow the crop and scale of the images. An image
 * whose drift is over the budget, or could not be measured, or that was excluded, does not leave. Goes on with an earlier
 * export of the same images into the same folder.
 */
export async function exportRun(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  request: ExportRequest,
  hooks: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<ExportResult> {
  const packs = await openRunPacks(library, run);
  try {
    const refinedCount = requireAllRefined(library, run, checkpoint).length;
    const heldBack = { overBudget: 0, unverified: 0, excluded: 0 };
    const kinds = new Set<Annotation['kind']>();
    for (const { decision, image } of decideExport(library, run, checkpoint, packs.imageIds, request)) {
      if (decision === 'export') for (const { annotation } of image.annotations) kinds.add(annotation.kind);
      else heldBack[decision] += 1;
    }
    const dial = dialSettingOf(library, run.id, checkpoint.step);
    const total = refinedCount - heldBack.overBudget - heldBack.unverified - heldBack.excluded;
    const summary = await exportDataset(request.folder, samples(library, run, checkpoint, packs, request), {
      formats: request.formats,
      header: {
        programVersion: PROGRAM_VERSION,
        libraryName: library.name,
        runName: run.name,
        step: checkpoint.step,
        checkpointSha256: checkpoint.sha256,
        config: configOf(run),
        selection: `${describeSelection(request, total, refinedCount)}${isFullRefinement(dial) ? '' : ` Realism dial: ${describeDial(dial)}.`}`,
        gazeConvention: GAZE_CONVENTION,
        licenceNote:
          'Made from the synthetic images by a network that was trained on the real ones: the terms of both sets apply.',
        createdAt: new Date().toISOString(),
      },
      total,
      existing: 'resume',
      ...hooks,
    });
    await recordExport(library, run, checkpoint, request, summary);
    const losses = describeLoss(request.formats, [...kinds]).map(({ message }) => message);
    return { ...summary, heldBack, losses };
  } finally {
    await packs.close();
  }
}

/**
 * The images of a run's synthetic pack.
 * @throws StudioError 'not-found' where the checkpoint has not refined them all
 */
export function requireAllRefined(library: Library, run: Run, checkpoint: Checkpoint): Int32Array {
  const imageIds =
    run.syntheticPackId === null ? new Int32Array() : library.packs.imageIds(run.syntheticPackId);
  const refinedCount = library.refinedImages.count(run.id, checkpoint.step);
  if (imageIds.length > 0 && refinedCount >= imageIds.length) return imageIds;
  throw new StudioError(
    'not-found',
    `Step ${checkpoint.step} of ${run.name} has refined ${refinedCount} of ${imageIds.length} images.`,
    {
      remedy: `Refine the dataset with it first: simgan refine --run '${run.name}' --step ${checkpoint.step}`,
    },
  );
}

/** The record and its copy of the manifest come into being together. */
async function recordExport(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  { formats }: ExportRequest,
  { folder, imageCount, annotationCount }: ExportSummary,
): Promise<void> {
  const manifests = join(library.folder, 'exports');
  await mkdir(manifests, { recursive: true });
  await removeTemporaryFiles(manifests);
  const temporary = join(manifests, `.${MANIFEST_FILE}.${randomBytes(4).toString('hex')}.tmp`);
  await writeFile(temporary, await readFile(join(folder, MANIFEST_FILE)), { flush: true });
  library.transaction(() => {
    const { id } = library.exports.add({
      runId: run.id,
      step: checkpoint.step,
      folder,
      formats: [...formats],
      imageCount,
      annotationCount,
    });
    renameSync(temporary, library.exportManifestPath(id));
  });
  await syncFolder(manifests);
}

type Decision = 'export' | 'overBudget' | 'unverified' | 'excluded';

interface Candidate {
  readonly decision: Decision;
  readonly place: number;
  readonly image: LabelledImage;
  readonly refined: RefinedImage;
}

const PAGE_IMAGES = 500;

/** Of every refined image whether it leaves, in the order of the pack. */
export function* decideExport(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  imageIds: Int32Array,
  request: Omit<ExportRequest, 'folder'>,
): Generator<Candidate> {
  for (let start = 0; start < imageIds.length; start += PAGE_IMAGES) {
    const page = [...imageIds.subarray(start, start + PAGE_IMAGES)];
    const images = new Map(library.images.getMany(page).map((image) => [image.id, image]));
    const refinedImages = new Map(
      library.refinedImages.getMany(run.id, checkpoint.step, page).map((one) => [one.imageId, one]),
    );
    for (const [index, id] of page.entries()) {
      const image = images.get(id);
      const refined = refinedImages.get(id);
      // Images that were removed from the library since have no label to go with.
      if (!image || !refined) continue;
      yield { decision: decide(image, refined, request), place: start + index, image, refined };
    }
  }
}

function decide(
  image: LabelledImage,
  refined: RefinedImage,
  request: Omit<ExportRequest, 'folder'>,
): Decision {
  if (image.excludedReason !== null) return 'excluded';
  if (request.driftBudgetPx === undefined) return 'export';
  if (refined.driftPx === null) return request.includeUnverified ? 'export' : 'unverified';
  return refined.driftPx > request.driftBudgetPx ? 'overBudget' : 'export';
}

async function* samples(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  { syntheticPack, imageIds }: RunPacks,
  request: ExportRequest,
): AsyncGenerator<ExportSample> {
  const preprocessing = preprocessingOf(library, run);
  const blend = createBlender(library, run, checkpoint.step);
  const isAsRefined = isFullRefinement(dialSettingOf(library, run.id, checkpoint.step));
  const nameOf = createNamer();
  const candidates = decideExport(library, run, checkpoint, imageIds, request);
  let next = candidates.next();
  for await (const { pack, start } of refinedShards(library, run, checkpoint.step, imageIds.length)) {
    for (; !next.done && next.value.place < start + pack.count; next = candidates.next()) {
      const { decision, place, image, refined } = next.value;
      if (decision !== 'export') continue;
      const pixels = isAsRefined
        ? await rawPixels(pack, place - start)
        : await blendedPixels(blend, syntheticPack, pack, { place, placeInShard: place - start, image });
      yield sampleOf(pixels, image, refined, preprocessing, nameOf(image));
    }
  }
}

async function rawPixels(pack: Pack, place: number): Promise<Pixels> {
  const { widthPx, heightPx, channels } = pack;
  const pixels = newPixels(widthPx * heightPx * channels, pack.bitDepth);
  await pack.readRaw([place], pixels);
  return pixels;
}

async function blendedPixels(
  blend: Blender,
  syntheticPack: Pack,
  refinedPack: Pack,
  at: { readonly place: number; readonly placeInShard: number; readonly image: LabelledImage },
): Promise<Pixels> {
  const synthetic = await readBatch(syntheticPack, Int32Array.of(at.place));
  const refined = await readBatch(refinedPack, Int32Array.of(at.placeInShard));
  const { images } = blend([at.image.id], synthetic, refined);
  return fromSigned(images, fullScaleOf(refinedPack.preprocessing), refinedPack.bitDepth);
}

function sampleOf(
  pixels: Pixels,
  image: LabelledImage,
  refined: RefinedImage,
  preprocessing: Preprocessing,
  name: string,
): ExportSample {
  const { widthPx, heightPx, channels, bitDepth, depth } = preprocessing;
  return {
    id: image.id,
    name,
    split: image.split,
    widthPx,
    heightPx,
    channels,
    bitDepth,
    pixels: depth && pixels instanceof Uint16Array ? restoreDepthMm(pixels, depth) : pixels,
    annotations: preparedLabels(image, preprocessing),
    source: { path: image.path, sha256: image.fileSha256 },
    change: {
      meanAbsGreyLevels: refined.meanAbsChange,
      discriminatorScore: refined.discriminatorScore,
      driftPx: refined.driftPx ?? undefined,
      alpha: refined.alpha,
    },
  };
}

/** Names after the source files, without their extension; a second one of a name gets the image's number. */
function createNamer(): (image: LabelledImage) => string {
  const taken = new Set<string>();
  return (image) => {
    const stem = image.path.replace(/\.[^./]+$/, '');
    const key = `${image.split}/${stem}`.toLowerCase();
    const name = taken.has(key) ? `${stem}-${image.id}` : stem;
    taken.add(key);
    return name;
  };
}

function describeSelection(request: ExportRequest, total: number, refinedCount: number): string {
  const budget =
    request.driftBudgetPx === undefined
      ? 'without a limit of drift'
      : `whose structure moved by at most ${request.driftBudgetPx} px`;
  const unverified = request.includeUnverified ? ', or whose drift could not be measured' : '';
  return `${total} of ${refinedCount} refined images: those in use ${budget}${unverified}.`;
}
