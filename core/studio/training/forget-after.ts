import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { refinedFolder } from '../refine/refined-files.ts';

/** Forgets what was recorded after a step, records before files: a record never points at nothing. */
export async function forgetAfter(library: Library, run: Run, step: number): Promise<void> {
  // But these first: a checkpoint that is made again may be another one, and what the old one refined is not its work.
  for (const refined of library.refinedImages.steps(run.id)) {
    if (refined > step) await rm(refinedFolder(library, run, refined), { recursive: true, force: true });
  }
  const orphans = library.transaction(() => {
    library.runMetrics.truncateAfter(run.id, step);
    library.historyBuffer.truncateAfter(run.id, step);
    library.runEvents.truncateAfter(run.id, step);
    library.refinedImages.truncateAfter(run.id, step);
    library.evaluations.truncateAfter(run.id, step);
    library.turing.truncateAfter(run.id, step);
    library.documents.truncateAfter(run.id, step);
    return [
      ...library.checkpoints.truncateAfter(run.id, step),
      ...library.previews.truncateAfter(run.id, step),
    ];
  });
  for (const path of orphans) await rm(join(library.runFolder(run.id), path), { force: true });
}
