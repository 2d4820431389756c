import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { mapOrdered } from '../../base/map-ordered.ts';
import type { ProgressListener } from '../../base/progress.ts';
import { StudioError, messageOf, systemCodeOf } from '../../base/studio-error.ts';
import { sha256OfFile } from '../pixels/hash.ts';
import { manifestEntrySchema, type ManifestEntry } from './export-sample.ts';
import { faultOfPart } from './image-path.ts';
import { labelFormats } from './label-formats.ts';
import {
  BEGUN_FILE,
  MANIFEST_FILE,
  MANIFEST_LINES_FILE,
  WORK_FOLDER,
  readBegun,
  readManifest,
  type LabelFormatId,
  type Manifest,
} from './manifest.ts';
import { readLines } from './text-file.ts';
import { throttled } from './throttle.ts';
import { createProblemList, type ProblemKind, type ProblemList, type VerifyReport } from './verify-report.ts';
import { walkFiles } from './walk-files.ts';

export interface VerifyOptions {
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Files read and hashed at the same time. */
const CONCURRENCY = 8;

/** Larger files are hashed in pieces. */
const WHOLE_FILE_BYTES = 8 * 1024 * 1024;

/**
 * Checks an export against its manifest: reads and hashes every file, looks for files that are missing or do not
 * belong, and whether every label file names exactly the images of the manifest. `manifest.json` itself is what all
 * else is measured by: compare `manifestSha256` with the one that the export returned.
 *
 * @throws StudioError 'not-found' where there is no export, 'bad-input' where it is unfinished or `manifest.json` is
 *   damaged, 'too-new', 'cancelled'
 */
export async function verifyExport(folder: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const root = resolve(folder);
  const manifest = await openManifest(root);
  const context: VerifyContext = {
    root,
    manifest,
    signal: options.signal,
    report: throttled(options.onProgress),
    problems: createProblemList(),
    counts: { files: 1, bytes: 0 },
  };
  try {
    const manifestBytes = await readFile(join(root, MANIFEST_FILE));
    context.counts.bytes += manifestBytes.length;
    await checkSealedFiles(context);
    const images = await checkImages(context);
    for (const format of manifest.formats) await checkLabels(context, format, images);
    await findExtraFiles(context, images);
    return {
      folder: root,
      header: manifest.header,
      formats: manifest.formats,
      manifestSha256: createHash('sha256').update(manifestBytes).digest('hex'),
      imageCount: images.size,
      checkedFiles: context.counts.files,
      checkedBytes: context.counts.bytes,
      ...context.problems.result(),
    };
  } catch (error) {
    if (!options.signal?.aborted) throw error;
    throw new StudioError('cancelled', `Stopped after ${context.counts.files} files of ${root}.`, {
      remedy: 'Verify again to check them all.',
      cause: error,
    });
  }
}

interface FileFault {
  readonly kind: ProblemKind;
  readonly message: string;
}

interface VerifyContext {
  readonly root: string;
  readonly manifest: Manifest;
  readonly signal: AbortSignal | undefined;
  readonly report: ProgressListener;
  readonly problems: ProblemList;
  readonly counts: { files: number; bytes: number };
}

async function openManifest(root: string): Promise<Manifest> {
  const path = join(root, MANIFEST_FILE);
  const manifest = await readManifest(path);
  if (manifest) return manifest;
  const begun = await readBegun(join(root, WORK_FOLDER, BEGUN_FILE));
  if (begun) {
    throw new StudioError(
      'bad-input',
      `The export in ${root} is not finished (run "${begun.header.runName}", step ${begun.header.step}).`,
      { remedy: 'Resume the export, then verify it.', details: { path: root } },
    );
  }
  throw new StudioError('not-found', `There is no export in ${root}: ${MANIFEST_FILE} is missing.`, {
    remedy: 'Name the folder that an export wrote.',
    details: { path },
  });
}

/** Label files, README and the list of images. */
async function checkSealedFiles(context: VerifyContext): Promise<void> {
  for (const file of context.manifest.files) {
    if (!isSafe(file.path, context.problems, MANIFEST_FILE)) continue;
    const fault = await checkFile(context, file);
    if (fault) context.problems.add(fault.kind, file.path, fault.message);
  }
}

/** Hashes every image that the manifest lists; returns their paths, each with its place in the manifest. */
async function checkImages(context: VerifyContext): Promise<Map<string, number>> {
  const images = new Map<string, number>();
  const { problems, report, manifest } = context;
  const entries = mapOrdered(readEntries(context), CONCURRENCY, async (entry) => ({
    path: entry.path,
    fault: await checkFile(context, entry),
  }));
  // In the manifest's order, whichever file was read first.
  for await (const { path, fault } of entries) {
    if (fault) problems.add(fault.kind, path, fault.message);
    if (images.has(path)) problems.add('changed', MANIFEST_LINES_FILE, `${path} is listed twice`);
    else images.set(path, images.size);
    report({ done: images.size, total: manifest.counts.images, unit: 'images', label: 'Checking images' });
  }
  if (images.size !== manifest.counts.images) {
    const message = `lists ${images.size} images, not the ${manifest.counts.images} that were exported`;
    problems.add('changed', MANIFEST_LINES_FILE, message);
  }
  return images;
}

async function* readEntries({ root, problems, signal }: VerifyContext): AsyncGenerator<ManifestEntry> {
  try {
    for await (const { line, number } of readLines(join(root, MANIFEST_LINES_FILE), signal)) {
      const entry = parseEntry(line);
      const place = `${MANIFEST_LINES_FILE}, line ${number}`;
      if (!entry) problems.add('changed', MANIFEST_LINES_FILE, `line ${number} is not what an export writes`);
      else if (isSafe(entry.path, problems, place)) yield entry;
    }
  } catch (error) {
    // That the file is missing was noted with the sealed files.
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

function parseEntry(line: string): ManifestEntry | undefined {
  try {
    return manifestEntrySchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** A path that leads out of the export is never opened, whoever wrote the manifest. */
function isSafe(path: string, problems: ProblemList, place: string): boolean {
  const fault = path
    .split('/')
    .map((part) => faultOfPart(part))
    .find((found) => found !== undefined);
  if (fault === undefined) return true;
  problems.add('changed', place, `the path ${JSON.stringify(path)} ${fault}`);
  return false;
}

/** What is wrong with a file of the export; undefined where it is as it was exported. */
async function checkFile(
  { root, counts, signal }: VerifyContext,
  file: { readonly path: string; readonly sha256: string; readonly bytes: number },
): Promise<FileFault | undefined> {
  signal?.throwIfAborted();
  const path = join(root, file.path);
  try {
    const { size } = await stat(path);
    counts.files += 1;
    counts.bytes += size;
    if (size !== file.bytes) return { kind: 'changed', message: `${size} bytes, not ${file.bytes}` };
    if ((await hashOf(path, size, signal)) === file.sha256) return undefined;
    return { kind: 'changed', message: 'its SHA-256 is not that of the exported file' };
  } catch (error) {
    const code = systemCodeOf(error);
    if (signal?.aborted || code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing', message: 'is not there' };
    return { kind: 'unreadable', message: messageOf(error) };
  }
}

/** Reading a small file at once is several times faster than as a stream. */
async function hashOf(path: string, size: number, signal: AbortSignal | undefined): Promise<string> {
  if (size > WHOLE_FILE_BYTES) return sha256OfFile(path, signal);
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** Whether the label files of a format together name each image of the manifest, and none besides. */
async function checkLabels(
  { root, manifest, problems, signal, report }: VerifyContext,
  format: LabelFormatId,
  images: ReadonlyMap<string, number>,
): Promise<void> {
  const { title, readImagePaths } = labelFormats[format];
  const files = manifest.files.filter((file) => file.format === format).map((file) => file.path);
  const isLabelled = new Uint8Array(images.size);
  let isComplete = true;
  let done = 0;
  for (const file of files.filter((path) => isSafe(path, problems, MANIFEST_FILE))) {
    try {
      for await (const path of readImagePaths(root, file, signal)) {
        const place = images.get(path);
        if (place === undefined) problems.add('labels', file, `names ${path}, which is not in the manifest`);
        else isLabelled[place] = 1;
        report({ done: ++done, total: images.size, unit: 'images', label: `Checking labels: ${title}` });
      }
    } catch (error) {
      const isMissing = systemCodeOf(error) === 'ENOENT';
      if (!isMissing && !(error instanceof StudioError)) throw error;
      // What the rest of the file would name is not known, and a missing file was noted before.
      isComplete = false;
      if (!isMissing) problems.add('labels', file, messageOf(error));
    }
  }
  if (!isComplete) return;
  for (const [path, place] of images) {
    if (isLabelled[place] === 0) problems.add('labels', files.join(', '), `no label for ${path}`);
  }
}

async function findExtraFiles(context: VerifyContext, images: ReadonlyMap<string, number>): Promise<void> {
  const { root, manifest, problems, signal } = context;
  const known = new Set([MANIFEST_FILE, ...manifest.files.map((file) => file.path)]);
  for await (const path of walkFiles(root, '', signal)) {
    if (known.has(path) || images.has(path)) continue;
    const isLeftover = path.startsWith(`${WORK_FOLDER}/`);
    problems.add(
      'extra',
      path,
      isLeftover ? 'left by an interrupted export' : 'does not belong to the export',
    );
  }
}
