import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { setAside } from '../../base/set-aside.ts';
import { messageOf, systemCodeOf } from '../../base/studio-error.ts';
import { trainingOrderSchema } from '../runs/run-origin.ts';

/**
 * Requests to the queue travel as small files in the library's folder: a training holds the library for hours, and that
 * is when the next one is to be queued. Whoever has the library open for writing takes them in.
 */
const queueRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('add'), order: trainingOrderSchema }),
  z.strictObject({ kind: z.literal('remove'), name: z.string() }),
]);

export type QueueRequest = z.infer<typeof queueRequestSchema>;

const inboxFolder = (libraryFolder: string): string => join(libraryFolder, 'queue');

/** Leaves a request. */
export async function sendQueueRequest(libraryFolder: string, request: QueueRequest): Promise<void> {
  const order = `${String(Date.now()).padStart(15, '0')}-${process.hrtime.bigint()}-${randomBytes(3).toString('hex')}`;
  await writeFileAtomic(join(inboxFolder(libraryFolder), `${order}.json`), JSON.stringify(request));
}

interface WaitingRequest {
  readonly request: QueueRequest;
  /** Removes its file. */
  readonly done: () => void;
}

/**
 * The requests that wait, oldest first. A file that cannot be read is left out: whoever takes the requests in sets it
 * aside.
 */
export function readQueueRequests(libraryFolder: string): WaitingRequest[] {
  return requestFiles(libraryFolder).flatMap((path) => {
    const read = readRequest(path);
    return read.kind === 'request'
      ? [{ request: read.request, done: () => rmSync(path, { force: true }) }]
      : [];
  });
}

/**
 * Keeps damaged requests under other names, so that the rest of the queue runs. For whoever has the library open for
 * writing. Returns a sentence for each.
 */
export function setAsideDamagedRequests(libraryFolder: string): string[] {
  return requestFiles(libraryFolder).flatMap((path) => {
    const read = readRequest(path);
    if (read.kind !== 'damaged') return [];
    const aside = setAside(path);
    return [
      `The queue request ${path} cannot be read (${read.reason}). It is kept as ${aside}; queue the training again.`,
    ];
  });
}

/** Whether there is a request to take in, or a damaged one to set aside. */
export function hasQueueRequests(libraryFolder: string): boolean {
  return requestFiles(libraryFolder).length > 0;
}

function requestFiles(libraryFolder: string): string[] {
  const folder = inboxFolder(libraryFolder);
  return namesIn(folder)
    .filter((name) => /^\d.*\.json$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

type ReadRequest =
  | { readonly kind: 'request'; readonly request: QueueRequest }
  /** Another process took it in. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'damaged'; readonly reason: string };

function readRequest(path: string): ReadRequest {
  try {
    return { kind: 'request', request: queueRequestSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) };
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { kind: 'gone' };
    return {
      kind: 'damaged',
      reason: error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error),
    };
  }
}
