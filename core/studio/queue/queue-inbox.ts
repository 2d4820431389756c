import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { StudioError, systemCodeOf } from '../../base/studio-error.ts';
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

/** The requests that wait, oldest first, each with its file, which goes when it is taken in. */
export function readQueueRequests(
  libraryFolder: string,
): { readonly request: QueueRequest; readonly done: () => void }[] {
  const folder = inboxFolder(libraryFolder);
  return namesIn(folder)
    .filter((name) => /^\d.*\.json$/.test(name))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      const request = readRequest(path);
      return request ? [{ request, done: () => rmSync(path, { force: true }) }] : [];
    });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined where it was taken in by another process meanwhile. */
function readRequest(path: string): QueueRequest | undefined {
  try {
    return queueRequestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw new StudioError('bad-input', `The request ${path} cannot be read.`, {
      remedy: 'Delete it and queue the training again.',
      details: { path },
      cause: error,
    });
  }
}
