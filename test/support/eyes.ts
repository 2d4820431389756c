import { join } from 'node:path';
import { createLibrary } from '../../core/library/library.ts';
import { temporaryFolder } from './simgan.ts';
import { addEyes } from './studio.ts';

/** A library with as many simulated eyes of both looks as asked for, for commands to work in; its folder. */
export async function libraryWithEyes(count: number): Promise<string> {
  const folder = join(await temporaryFolder(), 'a.simgan');
  using library = createLibrary(folder);
  await addEyes(library, count);
  return folder;
}

/** Flags that make a training quick on any machine. */
export const QUICK = ['--preset', 'test', '--evaluation-every', '0', '--engine', 'wasm', '--threads', '1'];
