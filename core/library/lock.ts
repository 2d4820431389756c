import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { explainWriteError, StudioError, systemCodeOf } from '../base/studio-error.ts';
import type { Connection } from './connection.ts';
import { isProcessAlive } from './process-alive.ts';

/** What a lock file says about its holder. */
const lockSchema = z.object({
  token: z.string(),
  processId: z.number().int(),
  processStartedAt: z.iso.datetime(),
  host: z.string(),
  program: z.string(),
  lockedAt: z.iso.datetime(),
});
type Lock = z.infer<typeof lockSchema>;

/** A lock file is made and filled in two steps; one that stays empty for longer is what a crash left. */
const EMPTY_LOCK_AGE_MS = 10_000;

/** Same process, same start: how far two readings of a process's start may lie apart. */
const START_TOLERANCE_MS = 5_000;

/**
 * Takes the library's single-writer lock, or throws `StudioError` ("busy") that names the process that holds it. A
 * lock whose process is gone is taken over. The whole exchange happens inside a write transaction of the database,
 * so that two processes that find the same stale lock cannot both take it.
 *
 * @returns a function that gives the lock back
 */
export function acquireLock(lockPath: string, connection: Connection): () => void {
  const own: Lock = {
    token: randomUUID(),
    processId: process.pid,
    processStartedAt: processStart().toISOString(),
    host: hostname(),
    program: commandLine(),
    lockedAt: new Date().toISOString(),
  };
  refuseIfHeld(lockPath);
  connection.transaction(() => {
    refuseIfHeld(lockPath);
    try {
      writeFileSync(lockPath, `${JSON.stringify(own, null, 2)}\n`, { flush: true });
    } catch (error) {
      throw explainWriteError(error, lockPath);
    }
  });
  return () => {
    const holder = readLock(lockPath);
    if (typeof holder === 'object' && holder.token === own.token) rmSync(lockPath, { force: true });
  };
}

function refuseIfHeld(lockPath: string): void {
  const holder = readLock(lockPath);
  if (holder === 'none') return;
  const library = lockPath.replace(/[/\\][^/\\]*$/, '');
  const remedy = `Wait until that process has finished, or stop it. If it is surely gone, delete ${lockPath}.`;
  if (holder === 'unreadable') {
    const ageMs = Date.now() - (statSync(lockPath, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (ageMs > EMPTY_LOCK_AGE_MS) return;
    throw new StudioError('busy', `Another process is just opening ${library} for writing.`, { remedy });
  }
  if (isGone(holder)) return;
  throw new StudioError(
    'busy',
    `${library} is open for writing in process ${holder.processId} on ${holder.host} ("${holder.program}") since ${holder.lockedAt}.`,
    {
      remedy,
      details: {
        lockPath,
        processId: holder.processId,
        host: holder.host,
        program: holder.program,
        since: holder.lockedAt,
      },
    },
  );
}

function isGone(holder: Lock): boolean {
  if (isProcessAlive(holder.processId, holder.host) === false) return true;
  if (holder.processId !== process.pid || holder.host !== hostname()) return false;
  // Our own number in a lock that is older than this process: a restarted container counts from 1 again.
  return Math.abs(Date.parse(holder.processStartedAt) - processStart().getTime()) > START_TOLERANCE_MS;
}

function readLock(lockPath: string): Lock | 'none' | 'unreadable' {
  try {
    const parsed = lockSchema.safeParse(JSON.parse(readFileSync(lockPath, 'utf8')));
    return parsed.success ? parsed.data : 'unreadable';
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 'none';
    if (error instanceof SyntaxError) return 'unreadable';
    throw explainWriteError(error, lockPath);
  }
}

function processStart(): Date {
  return new Date(Date.now() - process.uptime() * 1000);
}

function commandLine(): string {
  return [process.title, ...process.argv.slice(1)].join(' ');
}
