import type { Connection } from './connection.ts';
import { noSuch } from './errors.ts';

type JobStatus = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';

export interface NewJobRecord {
  readonly kind: string;
  readonly title: string;
  readonly lane: 'engine' | 'data';
  readonly runId: number | null;
  /** Kept as JSON, as are progress, result and failure. */
  readonly input: unknown;
}

export interface JobRecord extends NewJobRecord {
  readonly id: number;
  readonly status: JobStatus;
  readonly progress: unknown;
  readonly result: unknown;
  readonly failure: unknown;
  readonly notes: readonly string[];
  /** The process that works or worked on it. */
  readonly workerProcessId: number | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** What may be changed of a job; what is not named stays. Times follow from the status. */
export interface JobChanges {
  readonly status?: JobStatus;
  readonly runId?: number | null;
  readonly progress?: unknown;
  readonly result?: unknown;
  readonly failure?: unknown;
  readonly notes?: readonly string[];
  readonly workerProcessId?: number | null;
}

/** Long work, what it is and what came of it. */
export interface JobRecords {
  /** One that waits. */
  add(job: NewJobRecord): JobRecord;
  get(id: number): JobRecord | undefined;
  /** Those at work and waiting, and the newest `ended` of the others; in the order of their making. */
  list(ended: number): JobRecord[];
  /** Those at work and waiting, in the order of their making. */
  open(): JobRecord[];
  update(id: number, changes: JobChanges): void;
  /** Forgets those that have ended. */
  clear(): void;
}

type Row = Omit<JobRecord, 'input' | 'progress' | 'result' | 'failure' | 'notes'> & {
  input: string;
  progress: string | null;
  result: string | null;
  failure: string | null;
  notes: string;
};

const COLUMNS = `id, kind, title, lane, run_id AS runId, input, status, progress, result, failure, notes,
  worker_process_id AS workerProcessId, created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt`;

const CHANGE_COLUMNS: Record<keyof JobChanges, string> = {
  status: 'status',
  runId: 'run_id',
  progress: 'progress',
  result: 'result',
  failure: 'failure',
  notes: 'notes',
  workerProcessId: 'worker_process_id',
};

const JSON_COLUMNS: ReadonlySet<string> = new Set(['progress', 'result', 'failure', 'notes']);

const ENDED: ReadonlySet<JobStatus> = new Set(['done', 'cancelled', 'failed']);

export function jobTable(connection: Connection): JobRecords {
  const insert = connection.prepare<[string, string, string, number | null, string, string]>(
    `INSERT INTO jobs (kind, title, lane, run_id, input, status, created_at)
     VALUES (?, ?, ?, ?, ?, 'waiting', ?)`,
  );
  const byId = connection.prepare<[number], Row>(`SELECT ${COLUMNS} FROM jobs WHERE id = ?`);
  const open = connection.prepare<[], Row>(
    `SELECT ${COLUMNS} FROM jobs WHERE status IN ('waiting', 'running') ORDER BY id`,
  );
  const ended = connection.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM jobs WHERE status NOT IN ('waiting', 'running') ORDER BY id DESC LIMIT ?`,
  );
  const clear = connection.prepare<[]>("DELETE FROM jobs WHERE status NOT IN ('waiting', 'running')");
  const get = (id: number): JobRecord | undefined => {
    const row = byId.get(id);
    return row && fromRow(row);
  };
  return {
    add({ kind, title, lane, runId, input }) {
      const now = new Date().toISOString();
      const { insertedId } = insert.run(kind, title, lane, runId, JSON.stringify(input), now);
      const added = get(insertedId);
      if (!added) throw noSuch('job', insertedId);
      return added;
    },
    get,
    list: (count) =>
      [...open.all(), ...ended.all(count)].sort((left, right) => left.id - right.id).map(fromRow),
    open: () => open.all().map(fromRow),
    update(id, changes) {
      const now = new Date().toISOString();
      const assignments: [column: string, value: string | number | null][] = [];
      for (const [key, column] of Object.entries(CHANGE_COLUMNS)) {
        const value: unknown = changes[key as keyof JobChanges];
        if (value === undefined) continue;
        const isJson = JSON_COLUMNS.has(key) && value !== null;
        assignments.push([column, isJson ? JSON.stringify(value) : (value as string | number | null)]);
      }
      if (changes.status === 'running') assignments.push(['started_at', now]);
      if (changes.status !== undefined && ENDED.has(changes.status)) assignments.push(['ended_at', now]);
      if (assignments.length === 0) return;
      const { changes: changed } = connection
        .prepare<(string | number | null)[]>(
          `UPDATE jobs SET ${assignments.map(([column]) => `${column} = ?`).join(', ')} WHERE id = ?`,
        )
        .run(...assignments.map(([, value]) => value), id);
      if (changed === 0) throw noSuch('job', id);
    },
    clear: () => void clear.run(),
  };
}

function fromRow(row: Row): JobRecord {
  const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  return {
    ...row,
    input: parsed(row.input),
    progress: parsed(row.progress),
    result: parsed(row.result),
    failure: parsed(row.failure),
    notes: JSON.parse(row.notes) as string[],
  };
}
