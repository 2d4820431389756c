import { openLibrary, type Library } from '../library/library.ts';
import { findLibrary } from '../library/find-library.ts';
import { StudioError } from '../base/studio-error.ts';
import type { CommandContext } from './command.ts';

/** Opens the library a command works in, and closes it when the work is over, however it ends. */
export async function withLibrary<Result>(
  context: CommandContext,
  access: 'read' | 'write',
  work: (library: Library) => Promise<Result> | Result,
): Promise<Result> {
  using library = openLibrary(libraryFolder(context), { access });
  return await work(library);
}

function libraryFolder({ libraryPath }: CommandContext): string {
  const folder = libraryPath ?? findLibrary(process.cwd());
  if (folder !== undefined) return folder;
  throw new StudioError('not-found', `There is no library in ${process.cwd()}.`, {
    remedy: 'Make one with "simgan init NAME.simgan", or name one with --library PATH.',
  });
}
