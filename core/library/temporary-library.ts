import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StudioError } from '../base/studio-error.ts';
import type { Dataset, DatasetRole } from './datasets.ts';
import type { NewImage } from './images.ts';
import { createLibrary, type Library } from './library.ts';
import type { NewPack } from './packs.ts';
import type { Run } from './runs.ts';

/** A folder for one test, removed when it goes out of scope. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'simgan-library-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A new library in a temporary folder; closed and removed when it goes out of scope. */
export function temporaryLibrary(): Disposable & { readonly library: Library } {
  const folder = temporaryFolder();
  const library = createLibrary(join(folder.path, 'Test.simgan'));
  return {
    library,
    [Symbol.dispose]: () => {
      library.close();
      folder[Symbol.dispose]();
    },
  };
}

export function addDataset(library: Library, name = 'eyes', role: DatasetRole = 'synthetic'): Dataset {
  return library.datasets.add({
    name,
    role,
    format: 'plain-folder',
    rootPath: join(library.folder, '..', name),
    copied: false,
    importOptions: { recursive: true },
    keypointLayout: null,
  });
}

/** An image whose content follows from `content`; the same content is a duplicate. */
export function imageOf(path: string, changes: Partial<NewImage> & { content?: string } = {}): NewImage {
  const { content = path, ...fields } = changes;
  return {
    path,
    fileSha256: createHash('sha256').update(content).digest('hex'),
    widthPx: 60,
    heightPx: 36,
    channels: 1,
    bitDepth: 8,
    crop: null,
    greyMean: 100,
    greyDeviation: 20,
    source: null,
    split: 'train',
    annotations: [],
    ...fields,
  };
}

export function packOf(datasetId: number, changes: Partial<NewPack> = {}): NewPack {
  return {
    datasetId,
    split: 'train',
    preprocessingHash: '0123456789abcdef',
    preprocessing: { widthPx: 55, heightPx: 35 },
    widthPx: 55,
    heightPx: 35,
    channels: 1,
    bitDepth: 8,
    decoder: 'fast-png 8.0.0',
    sha256: 'f'.repeat(64),
    imageIds: [],
    ...changes,
  };
}

export function addRun(library: Library): Run {
  return library.runs.add({
    config: { lambda: 0.1 },
    syntheticPackId: null,
    realPackId: null,
    totalSteps: 1_000,
  });
}

/** The `StudioError` that the work throws. */
export function errorOf(work: () => unknown): StudioError {
  try {
    work();
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
