import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { assertNever } from '../../base/assert.ts';
import { createFileBatch, type FileBatch } from '../../base/file-batch.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { explainWriteError, StudioError } from '../../base/studio-error.ts';
import { HAND_DEPTH } from '../../contract/depth-maps.ts';
import { encodePng } from '../../datasets/pixels/decode.ts';
import { depthStatistics } from '../../datasets/pixels/depth.ts';
import { greyStatistics } from '../../datasets/pixels/normalise.ts';
import { photograph } from '../../datasets/simulators/camera.ts';
import { senseDepth } from '../../datasets/simulators/depth-sensor.ts';
import { simulateEye } from '../../datasets/simulators/eye.ts';
import { simulateHand } from '../../datasets/simulators/hand.ts';
import type { SimulatedImage } from '../../datasets/simulators/simulated-image.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { NewImage } from '../../library/images.ts';
import type { Library } from '../../library/library.ts';
import { splitOf } from './split.ts';

export type SimulationSubject = 'eye' | 'hand';

export interface SimulationRequest {
  readonly name: string;
  readonly subject: SimulationSubject;
  readonly count: number;
  readonly seed: number;
  /** "render" is the clean picture; "camera" sends it through a webcam or a depth sensor: a stand-in for real images. */
  readonly look: 'render' | 'camera';
  readonly widthPx: number;
  readonly heightPx: number;
}

const BATCH_IMAGES = 250;

/**
 * Makes a labelled dataset: pictures as PNG in `images/<name>` of the library, and their records. Rendered ones are
 * synthetic, those from the camera real; the labels of real ones are for measuring only, training never reads them.
 * The two looks draw different people, so that no camera eye is the picture of a rendered one. Cancelled, nothing is
 * left.
 */
export async function simulateDataset(
  library: Library,
  request: SimulationRequest,
  hooks: { readonly signal: AbortSignal; readonly onProgress: ProgressListener },
): Promise<Dataset> {
  const root = join(library.folder, 'images', request.name);
  const dataset = library.datasets.add({
    name: request.name,
    role: request.look === 'render' ? 'synthetic' : 'real',
    format: 'simulator',
    rootPath: root,
    copied: true,
    importOptions: request,
    keypointLayout: request.subject === 'eye' ? 'eye-34' : 'hand-21',
    depth: request.subject === 'hand' ? HAND_DEPTH : null,
  });
  const files = createFileBatch();
  try {
    for (let start = 0; start < request.count; start += BATCH_IMAGES) {
      const batch: NewImage[] = [];
      for (let index = start; index < Math.min(start + BATCH_IMAGES, request.count); index++) {
        hooks.signal.throwIfAborted();
        batch.push(await writeImage(files, root, request, index));
        hooks.onProgress({
          done: index + 1,
          total: request.count,
          unit: 'images',
          label: `Simulating ${request.name}`,
        });
        if (index % 16 === 15) await nextTurn();
      }
      await files.putInPlace();
      library.images.add(dataset.id, batch);
    }
    return dataset;
  } catch (error) {
    // Files first: on a full disk the database needs their space to write the removal.
    await rm(root, { recursive: true, force: true });
    library.datasets.remove(dataset.id);
    if (!hooks.signal.aborted) throw explainWriteError(error, root);
    throw new StudioError('cancelled', `Simulating "${request.name}" was stopped; nothing of it is kept.`, {
      remedy: 'Run the command again.',
      cause: error,
    });
  }
}

async function writeImage(
  files: FileBatch,
  root: string,
  request: SimulationRequest,
  index: number,
): Promise<NewImage> {
  const image = simulate(request, index);
  const { widthPx, heightPx, channels, bitDepth, annotations, parameters } = image;
  const path = `${String(Math.floor(index / 1000)).padStart(4, '0')}/${String(index).padStart(7, '0')}.png`;
  const file = encodePng(image);
  await files.write(join(root, path), file);
  const fileSha256 = createHash('sha256').update(file).digest('hex');
  return {
    path,
    fileSha256,
    widthPx,
    heightPx,
    channels,
    bitDepth,
    crop: null,
    ...statisticsOf(image),
    source: parameters,
    split: splitOf(fileSha256),
    annotations: [...annotations],
  };
}

/** Grey levels, of depth millimetres. */
function statisticsOf(image: SimulatedImage): Pick<NewImage, 'greyMean' | 'greyDeviation'> {
  if (image.pixels instanceof Uint16Array) {
    const { meanMm, deviationMm } = depthStatistics(image.pixels);
    return { greyMean: meanMm, greyDeviation: deviationMm };
  }
  const { mean, deviation } = greyStatistics(image);
  return { greyMean: mean, greyDeviation: deviation };
}

function simulate(
  { subject, look, seed, widthPx, heightPx }: SimulationRequest,
  index: number,
): SimulatedImage {
  const population = look === 'render' ? 'renders' : 'camera';
  switch (subject) {
    case 'eye': {
      const eye = simulateEye(seed, index, { widthPx, heightPx, population });
      return look === 'render' ? eye : photograph(eye, seed, index);
    }
    case 'hand': {
      const hand = simulateHand(seed, index, { widthPx, heightPx, population });
      return look === 'render' ? hand : senseDepth(hand, seed, index);
    }
    default:
      return assertNever(subject, 'subject');
  }
}
