import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { StudioError } from '../../../base/studio-error.ts';
import { workUnderWay } from '../../../contract/work-under-way.ts';
import { createLibrary, openLibrary, type Library } from '../../../library/library.ts';
import type { RunningJobs } from '../jobs.ts';
import { createPictureNames, type PictureNames } from './picture-names.ts';
import { cancelWork, describeWork } from './work-under-way.ts';

export interface OpenedLibrary {
  readonly library: Library;
  readonly jobs: RunningJobs;
  readonly openedAt: string;
  readonly pictureNames: PictureNames;
}

/**
 * What becomes of work under way. `refuse`: `StudioError` ("busy") says what it is. `stop`: it is cancelled, and starts
 * again only when asked to. `resume`: it is stopped, and trainings resume when the library is opened again.
 */
export type Leaving = 'refuse' | 'stop' | 'resume';

/** The one library that is open, and the changing of it. */
export interface LibrarySession {
  current(): OpenedLibrary | undefined;
  /** Opens a library; the one before is closed only when the new one is open. One that is open already stays. */
  open(folder: string, leaving: Leaving): Promise<OpenedLibrary>;
  create(folder: string, name: string | undefined, leaving: Leaving): Promise<OpenedLibrary>;
  close(leaving: Leaving): Promise<void>;
}

export interface SessionHooks {
  /** Begins to serve the jobs of a library that was just opened. */
  readonly startJobs: (library: Library) => RunningJobs;
  /** The jobs of this one have stopped, and it is about to be closed. */
  readonly onClosing: (opened: OpenedLibrary) => void;
  /** Another one is open, or none. */
  readonly onChanged: (opened: OpenedLibrary | undefined) => void;
}

export function createLibrarySession({ startJobs, onClosing, onChanged }: SessionHooks): LibrarySession {
  let opened: OpenedLibrary | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other, in the order of being asked. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = turn.then(work, work);
    turn = result.catch(() => undefined);
    return result;
  };
  const refuseIfBusy = (leaving: Leaving): void => {
    const work = opened && leaving === 'refuse' ? describeWork(opened) : undefined;
    if (work !== undefined) throw workUnderWay(work);
  };
  const stop = async (leaving: Leaving): Promise<void> => {
    const before = opened;
    opened = undefined;
    if (!before) return;
    try {
      if (leaving === 'stop') cancelWork(before);
      await before.jobs.close();
      onClosing(before);
    } finally {
      before.library.close();
    }
  };
  const change = async (library: Library, leaving: Leaving): Promise<OpenedLibrary> => {
    try {
      await stop(leaving);
      opened = {
        library,
        jobs: startJobs(library),
        openedAt: new Date().toISOString(),
        pictureNames: createPictureNames(),
      };
      return opened;
    } catch (error) {
      library.close();
      throw error;
    } finally {
      onChanged(opened);
    }
  };
  return {
    current: () => opened,
    open: (folder, leaving) =>
      inTurn(async () => {
        if (opened && isSameFolder(opened.library.folder, folder)) return opened;
        refuseIfBusy(leaving);
        return change(openLibrary(folder, { access: 'write' }), leaving);
      }),
    create: (folder, name, leaving) =>
      inTurn(async () => {
        refuseIfBusy(leaving);
        return change(createLibrary(folder, name === undefined ? {} : { name }), leaving);
      }),
    close: (leaving) =>
      inTurn(async () => {
        if (!opened) return;
        refuseIfBusy(leaving);
        try {
          await stop(leaving);
        } finally {
          onChanged(undefined);
        }
      }),
  };
}

export function noLibrary(): StudioError {
  return new StudioError('not-found', 'No library is open.', {
    remedy: 'Open a library or make a new one first.',
  });
}

function isSameFolder(left: string, right: string): boolean {
  return existsSync(right) && realpathSync(left) === realpathSync(resolve(right));
}
