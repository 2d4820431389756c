import { createLibrary, type Library } from '../../core/library/library.ts';
import { simulateDataset } from '../../core/studio/data/simulation.ts';
import { quietHooks } from './studio.ts';

/** A new library in this folder with simulated eyes: `count` rendered ones and as many from a camera. */
export async function createEyeLibrary(folder: string, count: number): Promise<Library> {
  const library = createLibrary(folder);
  const request = { subject: 'eye', count, seed: 1, widthPx: 55, heightPx: 35 } as const;
  for (const look of ['render', 'camera'] as const) {
    await simulateDataset(library, { ...request, name: `eyes ${look}`, look }, quietHooks());
  }
  return library;
}
