import { StudioError } from '../base/studio-error.ts';
import { preprocessingSchema, type Preprocessing } from '../contract/preprocessing.ts';
import type { TrainingConfig } from '../contract/training-config.ts';
import type { Dataset, DatasetRole } from '../library/datasets.ts';
import type { Library } from '../library/library.ts';

/** The dataset of a name, or the only one of its role. Throws `StudioError` that lists what there is. */
export function findDataset(library: Library, role: DatasetRole, name: string | undefined): Dataset {
  const candidates = library.datasets.list().filter((dataset) => dataset.role === role);
  const names = candidates.map((dataset) => `"${dataset.name}"`).join(', ');
  if (candidates.length === 0) {
    throw new StudioError('not-found', `The library ${library.folder} has no ${role} dataset.`, {
      remedy: `Add one with "simgan import ${role} FOLDER" or "simgan simulate".`,
    });
  }
  const chosen = name === undefined ? candidates : candidates.filter((dataset) => dataset.name === name);
  if (chosen.length === 1) return chosen[0];
  throw new StudioError(
    name === undefined ? 'bad-usage' : 'not-found',
    name === undefined
      ? `The library has ${candidates.length} ${role} datasets.`
      : `The library has no ${role} dataset "${name}".`,
    { remedy: `Name one of ${names} with --${role}.` },
  );
}

/** Which pictures are equalised while a pack is made. */
export type Equalisation = 'none' | 'both';

/** Depths of NYU-like hands: nothing nearer than the offset, nothing behind offset + window. */
export interface DepthRange {
  readonly offsetMm: number;
  readonly windowMm: number;
}

/**
 * How the pictures of a run are prepared: to the size of its networks, cropped rather than squeezed; 16-bit depth keeps
 * its millimetres inside the given range.
 */
export function preprocessingFor(
  config: Pick<TrainingConfig, 'widthPx' | 'heightPx' | 'channels'>,
  equalise: Equalisation,
  depth: DepthRange | undefined,
): Preprocessing {
  const { widthPx, heightPx, channels } = config;
  return preprocessingSchema.parse({
    widthPx,
    heightPx,
    channels,
    bitDepth: depth ? 16 : 8,
    fit: 'cover',
    equalise: equalise === 'both' && !depth,
    ...(depth ? { depth: { foregroundOffsetMm: depth.offsetMm, windowMm: depth.windowMm } } : {}),
  });
}

/** Where a scene of depth lies when nothing is said. */
export const DEFAULT_DEPTH: DepthRange = { offsetMm: 400, windowMm: 400 };

/** How the pictures of a run are prepared when nothing is said. */
export function defaultPreprocessing(
  library: Library,
  config: Pick<TrainingConfig, 'widthPx' | 'heightPx' | 'channels'>,
  synthetic: Dataset,
): Preprocessing {
  return preprocessingFor(config, 'none', holdsDepth(library, synthetic) ? DEFAULT_DEPTH : undefined);
}

/** Whether a dataset holds depth maps: 16-bit pictures of one channel. */
export function holdsDepth(library: Library, dataset: Dataset): boolean {
  for (const image of library.images.ofDataset(dataset.id, { pageSize: 1 })) {
    return image.bitDepth === 16 && image.channels === 1;
  }
  return false;
}
