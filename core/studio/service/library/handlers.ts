import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import type { openLibrarySchema } from '../../../contract/operations/studio.ts';
import { explainWriteError } from '../../../base/studio-error.ts';
import type { StudioContext } from '../context.ts';
import { countsOfDatasets } from '../data/dataset-counts.ts';
import type { HandlersOf } from '../handlers.ts';
import { requireWithinRoots } from '../system/roots.ts';
import type { RecentLibraries } from './recent-libraries.ts';
import type { Leaving, LibrarySession, OpenedLibrary } from './session.ts';
import { stepStates } from './step-states.ts';

export type OpenLibrary = z.infer<typeof openLibrarySchema>;

/** Size of the sample library's eyes, as the preset for them trains. */
const SAMPLE_EYE = { widthPx: 55, heightPx: 35, seed: 1 };

export function libraryHandlers(
  { shell, jobs }: Pick<StudioContext, 'shell' | 'jobs'>,
  session: LibrarySession,
  recent: RecentLibraries,
): HandlersOf<'library'> {
  const create = async (folder: string, name: string | null, whenBusy: Leaving): Promise<OpenedLibrary> =>
    session.create(requireWithinRoots(shell, folder), name ?? undefined, whenBusy);
  return {
    library: {
      current() {
        const opened = session.current();
        return opened ? summaryOf(opened) : null;
      },
      recent: () => recent.list(),
      create: async ({ folder, name, whenBusy }) => summaryOf(await create(folder, name, whenBusy)),
      open: async ({ folder, whenBusy }) =>
        summaryOf(await session.open(requireWithinRoots(shell, folder), whenBusy)),
      async close({ whenBusy }) {
        await session.close(whenBusy);
        await recent.written();
        return {};
      },
      async forget({ folder }) {
        await recent.forget(folder);
        return {};
      },
      async createSample({ folder, images, whenBusy }) {
        const place = folder ?? freeSampleFolder(shell.roots?.[0] ?? join(homedir(), 'SimGAN Studio'));
        await create(place, null, whenBusy);
        const job = jobs.start({
          kind: 'sample-library',
          title: 'Making the sample library',
          lane: 'data',
          input: { images, ...SAMPLE_EYE },
        });
        return { jobId: job.id };
      },
    },
  };
}

/** What the window shows of the open library. */
export function summaryOf({ library, openedAt, pictureNames }: OpenedLibrary): OpenLibrary {
  const counts = countsOfDatasets(library.imageSearch.counts());
  const imagesOf = (role: 'synthetic' | 'real'): number =>
    library.datasets
      .list()
      .filter((dataset) => dataset.role === role)
      .reduce((sum, { id }) => sum + (counts.get(id)?.images ?? 0), 0);
  return {
    folder: library.folder,
    name: library.name,
    openedAt,
    pictures: pictureNames.current(),
    syntheticImages: imagesOf('synthetic'),
    realImages: imagesOf('real'),
    runs: library.runs.list().filter(({ trashedAt }) => trashedAt === null).length,
    steps: stepStates(library, counts),
  };
}

/** A new name in a folder that is made as needed. */
function freeSampleFolder(parent: string): string {
  try {
    mkdirSync(parent, { recursive: true });
  } catch (error) {
    throw explainWriteError(error, parent);
  }
  for (let number = 1; ; number++) {
    const folder = join(parent, number === 1 ? 'Sample eyes.simgan' : `Sample eyes ${number}.simgan`);
    if (!existsSync(folder)) return folder;
  }
}
