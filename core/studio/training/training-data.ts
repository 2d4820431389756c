import { StudioError } from '../../base/studio-error.ts';
import { preprocessingSchema, type DepthWindow, type Preprocessing } from '../../contract/preprocessing.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import type { Dataset, DatasetRole } from '../../library/datasets.ts';
import type { Library } from '../../library/library.ts';

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

/**
 * How the pictures of a run are prepared: to the size of its networks, cropped rather than squeezed; 16-bit depth keeps
 * its millimetres inside the given range.
 */
export function preprocessingFor(
  config: Pick<TrainingConfig, 'widthPx' | 'heightPx' | 'channels'>,
  equalise: Equalisation,
  depth: DepthWindow | undefined,
): Preprocessing {
  const { widthPx, heightPx, channels } = config;
  return preprocessingSchema.parse({
    widthPx,
    heightPx,
    channels,
    bitDepth: depth ? 16 : 8,
    fit: 'cover',
    equalise: equalise === 'both' && !depth,
    ...(depth ? { depth: windowOf(depth) } : {}),
  });
}

/** Without what only files have: once they are read, 0 alone says that nothing was measured. */
function windowOf({ foregroundOffsetMm, windowMm }: DepthWindow): DepthWindow {
  return { foregroundOffsetMm, windowMm };
}

/** How the pictures of a run are prepared when nothing is said: depth in the window of the synthetic images. */
export function defaultPreprocessing(
  config: Pick<TrainingConfig, 'widthPx' | 'heightPx' | 'channels'>,
  synthetic: Dataset,
): Preprocessing {
  return preprocessingFor(config, 'none', synthetic.depth ?? undefined);
}
