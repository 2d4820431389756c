import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decode } from 'fast-png';
import { sha256OfPixels } from '../../core/datasets/pixels/hash.ts';
import { openPack } from '../../core/datasets/pixels/pack.ts';
import { DATABASE_NAME } from '../../core/library/find-library.ts';
import type { Library } from '../../core/library/library.ts';
import type { Run } from '../../core/library/runs.ts';
import { readHistoryAt } from '../../core/simgan/history-segments.ts';

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Events that tell how a run was worked on, and not what it became. */
const EVENTS_OF_WORK: ReadonlySet<string> = new Set(['paused', 'resumed', 'order']);

/**
 * All that a run has become, part by part, so that two runs can be compared: the bytes of every checkpoint (weights,
 * moments, generators, cursors), every metric but the times, the history buffer on record and its pixels at every
 * checkpoint, previews, events, refined packs and the records of refined images.
 */
export async function fingerprintOfRun(library: Library, run: Run): Promise<Map<string, string>> {
  const parts = new Map<string, string>();
  const folder = library.runFolder(run.id);
  const add = (name: string, content: unknown): void => {
    parts.set(name, sha256(content instanceof Uint8Array ? content : JSON.stringify(content)));
  };
  parts.set('run', JSON.stringify([run.status, run.step, run.totalSteps, run.verdict, run.error]));
  add('configuration', run.config);
  for (const { step, path, scores } of library.checkpoints.list(run.id)) {
    add(`checkpoint ${step}`, readFileSync(join(folder, path)));
    add(`scores of checkpoint ${step}`, scores);
    add(`history on record at step ${step}`, library.historyBuffer.atStep(run.id, step));
    const { slots, sources, steps, pixels } = await readHistoryAt(folder, step);
    add(`history on disk at step ${step}`, [[...slots], [...sources], [...steps], sha256OfPixels(pixels)]);
  }
  for (const name of library.runMetrics.names(run.id).filter((metric) => !metric.startsWith('time.'))) {
    const { steps, mean } = library.runMetrics.series(run.id, name, { maxPoints: Number.MAX_SAFE_INTEGER });
    add(`metric ${name}`, [steps, mean]);
  }
  for (const { step, kind, path } of library.previews.list(run.id)) {
    add(`preview ${kind} of step ${step}`, readFileSync(join(folder, path)));
  }
  const events = library.runEvents.list(run.id).filter(({ kind }) => !EVENTS_OF_WORK.has(kind));
  add(
    'events',
    events.map(({ step, kind, content }) => [step, kind, content]),
  );
  for (const step of library.refinedImages.steps(run.id)) {
    const refined = [...library.refinedImages.all(run.id, step)];
    add(`records of refined images of step ${step}`, refined);
    for (const path of new Set(refined.map((image) => image.path))) {
      add(path, readFileSync(join(library.folder, path)));
    }
  }
  return parts;
}

/** Every file of an export; only the moment at which it was begun may differ between two. */
export function fingerprintOfExport(folder: string): Map<string, string> {
  const withoutTime = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '');
  const parts = new Map<string, string>();
  for (const path of filesBelow(folder)) {
    const content = readFileSync(join(folder, path));
    const text = content.toString('utf8');
    if (path === 'README.md') parts.set(path, sha256(withoutTime(text)));
    // It names the hash of README.md.
    else if (path === 'manifest.json')
      parts.set(
        path,
        sha256(withoutTime(text).replace(/("path": "README.md"[^}]*"sha256": ")[0-9a-f]+/, '$1')),
      );
    else parts.set(path, sha256(content));
  }
  return parts;
}

/** The first part that two have not in common, or in which they differ. */
export function firstDifference(
  left: ReadonlyMap<string, string>,
  right: ReadonlyMap<string, string>,
): string | undefined {
  return [...new Set([...left.keys(), ...right.keys()])].find((name) => left.get(name) !== right.get(name));
}

/**
 * What is wrong with the records of a library: a database that is not sound, a record that points at a file that is not
 * there, not whole, or another one. Empty where all is well.
 */
export async function brokenRecords(library: Library): Promise<string[]> {
  const broken: string[] = [];
  const database = new Database(join(library.folder, DATABASE_NAME), { readonly: true });
  const soundness = database.pragma('integrity_check', { simple: true });
  database.close();
  if (soundness !== 'ok') broken.push(`the database: ${String(soundness)}`);
  for (const pack of library.packs.list()) {
    const file = await openPack(library.packPath(pack.id)).catch(() => undefined);
    if (file?.sha256 !== pack.sha256 || file.count !== pack.imageCount) broken.push(pack.path);
    await file?.close();
  }
  for (const run of library.runs.list()) {
    const folder = library.runFolder(run.id);
    for (const checkpoint of library.checkpoints.list(run.id)) {
      const path = join(folder, checkpoint.path);
      if (!existsSync(path) || sha256(readFileSync(path)) !== checkpoint.sha256) broken.push(checkpoint.path);
    }
    for (const { path } of library.previews.list(run.id)) {
      if (!isPicture(join(folder, path))) broken.push(path);
    }
    for (const step of library.refinedImages.steps(run.id)) {
      for (const path of new Set([...library.refinedImages.all(run.id, step)].map((image) => image.path))) {
        const file = await openPack(join(library.folder, path)).catch(() => undefined);
        if (!file) broken.push(path);
        await file?.close();
      }
    }
  }
  for (const { id } of library.exports.list()) {
    if (!existsSync(library.exportManifestPath(id))) broken.push(library.exportManifestPath(id));
  }
  return broken;
}

function isPicture(path: string): boolean {
  try {
    return decode(readFileSync(path)).width > 0;
  } catch {
    return false;
  }
}

/** Files below a folder that nobody but a writer at work should have: temporary ones, packs not on record, the lock. */
export function temporaryFiles(folder: string): string[] {
  return filesBelow(folder).filter((path) => /\.tmp$|\.new$|library\.lock$|^control\//.test(path));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}
