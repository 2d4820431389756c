import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { explainWriteError, StudioError } from '../base/studio-error.ts';
import { annotationTable, type Annotations } from './annotations.ts';
import { checkpointTable, type Checkpoints } from './checkpoints.ts';
import { openConnection, type Connection } from './connection.ts';
import { datasetTable, type Datasets } from './datasets.ts';
import { documentTable, type Documents } from './documents.ts';
import { editTable, type Edits } from './edits.ts';
import { evaluationTable, type Evaluations } from './evaluations.ts';
import { exportTable, relativeManifestPath, type Exports } from './exports.ts';
import { DATABASE_NAME } from './find-library.ts';
import { historyBufferTable, type HistoryBuffer } from './history-buffer.ts';
import { imageSearch, type ImageSearch } from './image-search.ts';
import { imageTable, type Images } from './images.ts';
import { jobTable, type JobRecords } from './jobs.ts';
import { acquireLock, refuseUnlessLent } from './lock.ts';
import { migrate, needsMigration } from './migrate.ts';
import { packTable, relativePackPath, type Packs } from './packs.ts';
import { previewTable, type Previews } from './previews.ts';
import { refinedImageTable, type RefinedImages } from './refined-images.ts';
import { runEventTable, type RunEvents } from './run-events.ts';
import { runMetricTable, type RunMetrics } from './run-metrics.ts';
import { runTable, type Runs } from './runs.ts';
import { readName, writeName } from './settings.ts';
import { tagTable, type Tags } from './tags.ts';
import { turingTable, type Turing } from './turing.ts';
import { takeBackUnfinishedEdit } from './unfinished-edit.ts';
import { viewTable, type Views } from './views.ts';

/** An open project folder. Whoever opens it closes it. */
export interface Library extends Disposable {
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
  readonly access: 'write' | 'read';
  /** Of the lock under which it is open for writing, to be lent to other processes of the same program. */
  readonly lockToken: string | undefined;
  readonly datasets: Datasets;
  readonly images: Images;
  readonly imageSearch: ImageSearch;
  readonly annotations: Annotations;
  readonly tags: Tags;
  readonly packs: Packs;
  readonly runs: Runs;
  readonly runMetrics: RunMetrics;
  readonly runEvents: RunEvents;
  readonly previews: Previews;
  readonly checkpoints: Checkpoints;
  readonly historyBuffer: HistoryBuffer;
  readonly refinedImages: RefinedImages;
  readonly evaluations: Evaluations;
  readonly exports: Exports;
  readonly jobs: JobRecords;
  readonly edits: Edits;
  readonly views: Views;
  readonly turing: Turing;
  readonly documents: Documents;
  /** Absolute path of a pack's file. */
  packPath(packId: number): string;
  /** Absolute path of a run's folder. */
  runFolder(runId: number): string;
  /** Absolute path of an export's manifest. */
  exportManifestPath(exportId: number): string;
  /** Changes when another process has written. */
  changeNumber(): number;
  /** All or nothing; may be nested. The work must be synchronous. */
  transaction<Result>(work: () => Result): Result;
  /** Closes the database and gives the lock back. A second call does nothing. */
  close(): void;
}

interface OpenOptions {
  readonly access: 'write' | 'read';
  readonly underLockOf?: string;
}

const FOLDERS = ['packs', 'runs', 'exports'];
const LOCK_NAME = 'library.lock';

/**
 * Makes a library in a new or empty folder and opens it for writing. A folder that holds one already is `StudioError`
 * ("busy"), one that holds anything else "bad-usage".
 *
 * @param options.name shown to the user; default: the folder's name without ".simgan"
 */
export function createLibrary(folder: string, options: { readonly name?: string } = {}): Library {
  const absolute = resolve(folder);
  refuseUsedFolder(absolute);
  try {
    for (const child of FOLDERS) mkdirSync(join(absolute, child), { recursive: true });
  } catch (error) {
    throw explainWriteError(error, absolute);
  }
  return openForWriting(absolute, options.name ?? defaultName(absolute));
}

/**
 * Opens a library. For writing, its single-writer lock is taken ("busy" names the process that holds it) and an older
 * schema is migrated. Reading needs no lock and sees what was committed last, at any time. A folder that is no library
 * is `StudioError` ("not-found"), a damaged database "bad-input", a newer schema "too-new".
 *
 * @param options.underLockOf writes under the lock that another process holds and has lent: every transaction first
 * checks that it still does, and is refused with `StudioError` ("busy") otherwise
 */
export function openLibrary(folder: string, options: OpenOptions): Library {
  const absolute = resolve(folder);
  const path = join(absolute, DATABASE_NAME);
  if (!existsSync(path)) {
    throw new StudioError('not-found', `${absolute} is not a library: there is no ${DATABASE_NAME} in it.`, {
      remedy: 'Name a library folder with --library, or make one with "simgan init".',
      details: { folder: absolute },
    });
  }
  if (options.access === 'write') {
    return options.underLockOf === undefined
      ? openForWriting(absolute, undefined)
      : openUnderLock(absolute, options.underLockOf);
  }
  const connection = openConnection(path, 'read');
  try {
    if (!needsMigration(connection)) {
      return assemble(absolute, connection, {
        access: 'read',
        lockToken: undefined,
        release: () => undefined,
      });
    }
  } catch (error) {
    connection.close();
    throw error;
  }
  connection.close();
  // An older schema: it is migrated once, as by any writer, and then read.
  openForWriting(absolute, undefined).close();
  return openLibrary(absolute, options);
}

function openForWriting(folder: string, newName: string | undefined): Library {
  const connection = openConnection(join(folder, DATABASE_NAME), 'write');
  let release = (): void => undefined;
  try {
    // First of all, so that a database that is not ours stays as it is.
    needsMigration(connection);
    connection.execute('PRAGMA journal_mode = WAL');
    const lock = acquireLock(join(folder, LOCK_NAME), connection);
    release = lock.release;
    migrate(connection);
    if (newName !== undefined) writeName(connection, newName);
    const library = assemble(folder, connection, { access: 'write', lockToken: lock.token, release });
    takeBackUnfinishedEdit(library);
    return library;
  } catch (error) {
    connection.close();
    release();
    throw error;
  }
}

function openUnderLock(folder: string, lockToken: string): Library {
  const mayWrite = (): void => refuseUnlessLent(join(folder, LOCK_NAME), lockToken);
  const connection = openConnection(join(folder, DATABASE_NAME), 'write', mayWrite);
  try {
    // The lender has migrated it, unless it is of another version of the program.
    if (needsMigration(connection))
      throw new Error('The library was lent by another version of the program.');
    mayWrite();
    return assemble(folder, connection, { access: 'write', lockToken, release: () => undefined });
  } catch (error) {
    connection.close();
    throw error;
  }
}

function assemble(
  folder: string,
  connection: Connection,
  { access, lockToken, release }: Pick<Library, 'access' | 'lockToken'> & { readonly release: () => void },
): Library {
  const annotations = annotationTable(connection);
  const images = imageTable(connection, annotations);
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    connection.close();
    release();
  };
  return {
    folder,
    name: readName(connection) ?? defaultName(folder),
    access,
    lockToken,
    datasets: datasetTable(connection, folder),
    images,
    imageSearch: imageSearch(connection, images),
    annotations,
    tags: tagTable(connection),
    packs: packTable(connection),
    runs: runTable(connection),
    runMetrics: runMetricTable(connection),
    runEvents: runEventTable(connection),
    previews: previewTable(connection),
    checkpoints: checkpointTable(connection),
    historyBuffer: historyBufferTable(connection),
    refinedImages: refinedImageTable(connection),
    evaluations: evaluationTable(connection),
    exports: exportTable(connection, folder),
    jobs: jobTable(connection),
    edits: editTable(connection),
    views: viewTable(connection),
    turing: turingTable(connection),
    documents: documentTable(connection),
    packPath: (packId) => join(folder, relativePackPath(packId)),
    runFolder: (runId) => join(folder, 'runs', String(runId)),
    exportManifestPath: (exportId) => join(folder, relativeManifestPath(exportId)),
    changeNumber: () => connection.pragmaNumber('data_version'),
    transaction: (work) => connection.transaction(work),
    close,
    [Symbol.dispose]: close,
  };
}

function defaultName(folder: string): string {
  return basename(folder).replace(/\.simgan$/, '') || 'library';
}

function refuseUsedFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found) return;
  const details = { folder };
  if (!found.isDirectory()) {
    throw new StudioError('bad-usage', `${folder} is a file, not a folder.`, {
      remedy: 'Name a new folder for the library.',
      details,
    });
  }
  const names = readdirSync(folder);
  if (names.includes(DATABASE_NAME)) {
    throw new StudioError('busy', `${folder} is a library already.`, {
      remedy: 'Open it, or name another folder.',
      details,
    });
  }
  if (names.some((name) => !FOLDERS.includes(name))) {
    throw new StudioError('bad-usage', `${folder} is not empty, so no library was made in it.`, {
      remedy: 'Name a new or empty folder, such as "My eyes.simgan".',
      details,
    });
  }
}
