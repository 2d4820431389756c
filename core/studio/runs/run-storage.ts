import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../base/studio-error.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { keepHistoryOf } from '../../simgan/history-segments.ts';
import { configOf } from './run-config.ts';

/** Bytes of a run's files, by what they are for. */
export interface RunDiskUse {
  readonly checkpoints: number;
  readonly previews: number;
  readonly history: number;
  readonly refined: number;
  readonly other: number;
}

export async function measureDiskUse(library: Library, run: Run): Promise<RunDiskUse> {
  const folder = library.runFolder(run.id);
  const of = (name: string): Promise<number> => bytesBelow(join(folder, name));
  const parts = {
    checkpoints: await of('checkpoints'),
    previews: await of('previews'),
    history: await of('history'),
    refined: await of('refined'),
  };
  const known = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  return { ...parts, other: (await bytesBelow(folder)) - known };
}

/**
 * Removes checkpoints of a run but its best, its newest, those that are pinned, and those whose images were refined:
 * an export goes back to its checkpoint. With them goes what the history buffer held at no other checkpoint. Records
 * first, so that none points at nothing.
 */
export async function cleanUpRun(
  library: Library,
  run: Run,
): Promise<{ readonly removed: number; readonly bytes: number }> {
  const kept = new Set([
    library.checkpoints.best(run.id)?.step,
    library.checkpoints.latest(run.id)?.step,
    ...library.refinedImages.steps(run.id),
  ]);
  const leaving = library.checkpoints.list(run.id).filter(({ step, pinned }) => !pinned && !kept.has(step));
  library.transaction(() => {
    for (const { step } of leaving) library.checkpoints.remove(run.id, step);
  });
  const folder = library.runFolder(run.id);
  const bytesBefore = await bytesBelow(folder);
  for (const { path } of leaving) await rm(join(folder, path), { force: true });
  const steps = library.checkpoints.list(run.id).map(({ step }) => step);
  await keepHistoryOf(folder, steps, configOf(run));
  return { removed: leaving.length, bytes: bytesBefore - (await bytesBelow(folder)) };
}

export interface EmptiedTrash {
  readonly removed: readonly Run[];
  readonly bytes: number;
  /** Runs that stay in the trash, because something that is not in it was made from them. */
  readonly kept: readonly Run[];
}

/**
 * Forgets the runs in the trash and puts their folders out of the way. A run that another one branched from, or that
 * images were exported from, stays: where those came from would be forgotten with it.
 *
 * @param discard takes a folder away: into the trash of the system, or for good
 */
export async function emptyRunTrash(
  library: Library,
  discard: (folder: string) => Promise<void>,
): Promise<EmptiedTrash> {
  const removed: Run[] = [];
  let bytes = 0;
  for (;;) {
    const run = trashed(library).find((one) => !isNeeded(library, one));
    if (!run) break;
    const folder = library.runFolder(run.id);
    const bytesOfRun = await bytesBelow(folder);
    // The folder last: one without a record is only space, and a record without a folder a broken run.
    library.runs.remove(run.id);
    if (bytesOfRun > 0) await discard(folder);
    removed.push(run);
    bytes += bytesOfRun;
  }
  return { removed, bytes, kept: trashed(library) };
}

function trashed(library: Library): Run[] {
  return library.runs.list().filter(({ trashedAt }) => trashedAt !== null);
}

function isNeeded(library: Library, run: Run): boolean {
  return (
    library.runs.list().some(({ parent }) => parent?.runId === run.id) ||
    library.exports.list().some(({ runId }) => runId === run.id)
  );
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  });
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    // A file may go while a run trains.
    const facts = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    bytes += facts?.size ?? 0;
  }
  return bytes;
}
