import { StudioError, systemCodeOf } from '../base/studio-error.ts';

/** A record that was named by its id and is not there. */
export function noSuch(what: string, id: number | string): StudioError {
  return new StudioError('not-found', `There is no ${what} ${id} in this library.`, {
    remedy: `List what is there and name one of those; the ${what} may have been removed meanwhile.`,
    details: { id },
  });
}

/** Runs an insert or rename; a name that is already there becomes `StudioError` ("busy"). */
export function withUniqueName<Result>(what: string, name: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (systemCodeOf(error) !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
    throw new StudioError('busy', `There is a ${what} named "${name}" already.`, {
      remedy: 'Choose another name.',
      details: { name },
      cause: error,
    });
  }
}

/** Runs a removal; what other records still point at stays, with `StudioError` ("busy"). */
export function ifUnused(what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (systemCodeOf(error) !== 'SQLITE_CONSTRAINT_FOREIGNKEY') throw error;
    throw new StudioError('busy', `${what} cannot be removed: packs or refined images were made of it.`, {
      remedy: 'Keep it, or exclude its images from use instead.',
      cause: error,
    });
  }
}
