import { StudioError } from '../../base/studio-error.ts';
import { PROGRAM_VERSION } from '../../base/version.ts';
import type { CheckpointOrigin, LoadedCheckpoint } from '../../simgan/checkpoint.ts';
import type { RunPacks } from '../runs/runs.ts';

/** What a checkpoint that is written now says of where it comes from. */
export function originOf({ syntheticPack, realPack }: RunPacks): CheckpointOrigin {
  return { program: PROGRAM_VERSION, synthetic: syntheticPack.sha256, real: realPack.sha256 };
}

/**
 * Makes sure that a run goes on with the images of its checkpoint. Another version of the program may go on with it, too;
 * that is said, because only the same one promises the same bits.
 * @throws StudioError 'bad-input' where a pack holds other pixels than the one that the checkpoint was trained on
 */
export function checkOrigin(
  run: string,
  { step, origin }: LoadedCheckpoint,
  data: RunPacks,
  onNote: (text: string) => void,
): void {
  if (!origin) return;
  const now = originOf(data);
  const changed = (['synthetic', 'real'] as const).find((role) => now[role] !== origin[role]);
  if (changed) {
    const { path } = changed === 'synthetic' ? data.syntheticPack : data.realPack;
    throw new StudioError(
      'bad-input',
      `${run} cannot go on from step ${step}: ${path} does not hold the ${changed} images that it was trained on.`,
      {
        remedy: 'Put that file back from a backup of the library, or start a new run.',
        details: { path, expected: origin[changed], found: now[changed] },
      },
    );
  }
  if (!isSameProgram(origin)) {
    onNote(
      `Step ${step} was trained by version ${origin.program} of this program, and this is ${now.program}: it goes on, but the same bits are promised only within one version.`,
    );
  }
}

/** Whether this version of the program trained it; a checkpoint that does not say so is taken for its own. */
export function isSameProgram(origin: CheckpointOrigin | undefined): boolean {
  return origin === undefined || origin.program === PROGRAM_VERSION;
}
