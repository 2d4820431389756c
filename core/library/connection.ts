import Database from 'better-sqlite3';
import { explainWriteError, StudioError, systemCodeOf } from '../base/studio-error.ts';

/** A prepared statement with typed parameters and rows. */
export interface Statement<Bind extends unknown[], Row> {
  /** Runs a statement that writes; says how many rows it changed and the id of the last one inserted. */
  run(...bind: Bind): { readonly changes: number; readonly insertedId: number };
  get(...bind: Bind): Row | undefined;
  all(...bind: Bind): Row[];
}

/**
 * One open database. Everything it throws for a reason outside of the program (full disk, damaged file, another
 * writer) is a `StudioError`. There is no row-by-row cursor on purpose: SQLite would refuse writes while one is open;
 * the table modules read long lists in pages instead.
 */
export interface Connection {
  readonly path: string;
  prepare<Bind extends unknown[], Row = never>(sql: string): Statement<Bind, Row>;
  /** Runs statements that need no parameters and give no rows. */
  execute(sql: string): void;
  /** The value of a pragma that gives one number. */
  pragmaNumber(name: string): number;
  /** All or nothing. Inside another transaction it is a savepoint. The work must be synchronous. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

/** How long a statement waits for another process's transaction before it gives up. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * Opens a SQLite file; for writing it is made if it is not there. Every commit is flushed to the disk.
 *
 * @param mayWrite called inside of every transaction that writes, before anything is written; what it throws undoes it
 */
export function openConnection(path: string, access: 'write' | 'read', mayWrite?: () => void): Connection {
  const database = explained(path, () => {
    const opened = new Database(path, { readonly: access === 'read', timeout: LOCK_TIMEOUT_MS });
    try {
      opened.pragma('synchronous = FULL');
      opened.pragma('foreign_keys = ON');
      opened.pragma('cache_size = -65536');
      opened.pragma('temp_store = MEMORY');
      // Reads the header, so that a file that is no database is noticed here and not at some later statement.
      opened.pragma('schema_version');
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  });
  /** Work that writes: on its own, or as a part of the transaction around it, which has asked already. */
  const transact = <Result>(work: () => Result): Result => {
    const isNested = database.inTransaction;
    return database
      .transaction(() => {
        if (!isNested) mayWrite?.();
        return work();
      })
      .immediate();
  };
  return {
    path,
    prepare<Bind extends unknown[], Row>(sql: string): Statement<Bind, Row> {
      const statement = explained(path, () => database.prepare<unknown[], Row>(sql));
      const execute = <Result>(work: () => Result): Result =>
        explained(path, () =>
          mayWrite && !statement.readonly && !database.inTransaction ? transact(work) : work(),
        );
      return {
        run: (...bind) =>
          execute(() => {
            const { changes, lastInsertRowid } = statement.run(...bind);
            return { changes, insertedId: Number(lastInsertRowid) };
          }),
        get: (...bind) => execute(() => statement.get(...bind)),
        all: (...bind) => execute(() => statement.all(...bind)),
      };
    },
    execute: (sql) => explained(path, () => void database.exec(sql)),
    pragmaNumber: (name) => explained(path, () => Number(database.pragma(name, { simple: true }))),
    transaction: (work) => explained(path, () => transact(work)),
    close: () => explained(path, () => void database.close()),
  };
}

function explained<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw explainDatabaseError(error, path);
  }
}

/** SQLite's result codes that have a cause outside of the program, in words; anything else unchanged. */
function explainDatabaseError(error: unknown, path: string): unknown {
  const code = systemCodeOf(error);
  if (code === undefined || error instanceof StudioError) return error;
  const options = { details: { path }, cause: error };
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return new StudioError('bad-input', `${path} is damaged, or no SQLite database at all (${code}).`, {
      remedy:
        'Copy the whole library folder before anything else, then put back library.sqlite from a backup or try "sqlite3 library.sqlite .recover".',
      ...options,
    });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new StudioError('busy', `${path} is being written by another process and did not become free.`, {
      remedy: 'Wait until the other process has finished, or stop it, and try again.',
      ...options,
    });
  }
  if (
    code.startsWith('SQLITE_IOERR') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_READONLY')
  ) {
    return new StudioError('storage', `${path} cannot be read or written (${code}).`, {
      remedy: 'Check that the disk is there, has free space, and that you may write to the library folder.',
      ...options,
    });
  }
  return explainWriteError(error, path);
}
