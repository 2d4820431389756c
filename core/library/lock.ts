import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
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

interface HeldLock {
  /** Whoever knows it may write under the lock; see `refuseUnlessLent`. */
  readonly token: string;
  /** Gives the lock back. */
  readonly release: () => void;
}

/** Same process, same start: how far two readings of a process's start may lie apart. */
const START_TOLERANCE_MS = 5_000;

/**
 * Takes the library's single-writer lock, or throws `StudioError` ("busy") that names the process that holds it. A
 * lock whose process is gone is taken over, and so is a file that is no lock. The whole exchange happens inside a write
 * transaction of the database, so that two processes that find the same stale lock cannot both take it.
 */
export function acquireLock(lockPath: string, connection: Connection): HeldLock {
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
      // A name of its own is not needed: inside of the transaction nobody else writes it.
      const temporary = `${lockPath}.tmp`;
      writeFileSync(temporary, `${JSON.stringify(own, null, 2)}\n`, { flush: true });
      renameSync(temporary, lockPath);
    } catch (error) {
      throw explainWriteError(error, lockPath);
    }
  });
  return {
    token: own.token,
    release() {
      if (readLock(lockPath)?.token === own.token) rmSync(lockPath, { force: true });
    },
  };
}

/**
 * Checks that a lock that was lent is still held by its lender. Asked inside of a write transaction it stays true until
 * the transaction ends, since taking a lock over needs one, too.
 * @throws StudioError 'busy' where the lender gave it back, or another process has taken it over
 */
export function refuseUnlessLent(lockPath: string, token: string): void {
  if (readLock(lockPath)?.token === token) return;
  throw new StudioError(
    'busy',
    `${dirname(lockPath)} is no longer open in the studio that this work was for.`,
    {
      remedy: 'Start the work again in the studio that has the library open now.',
      details: { lockPath },
    },
  );
}

function refuseIfHeld(lockPath: string): void {
  const holder = readLock(lockPath);
  if (!holder || isGone(holder)) return;
  throw new StudioError(
    'busy',
    `${dirname(lockPath)} is open for writing in process ${holder.processId} on ${holder.host} ("${holder.program}") since ${holder.lockedAt}.`,
    {
      remedy: `Wait until that process has finished, or stop it. If it is surely gone, delete ${lockPath}.`,
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

/** Undefined where there is none, or a file that is no lock: one is never seen half written. */
function readLock(lockPath: string): Lock | undefined {
  try {
    const parsed = lockSchema.safeParse(JSON.parse(readFileSync(lockPath, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw explainWriteError(error, lockPath);
  }
}

function processStart(): Date {
  return new Date(Date.now() - process.uptime() * 1000);
}

function commandLine(): string {
  return [process.title, ...process.argv.slice(1)].join(' ');
}
