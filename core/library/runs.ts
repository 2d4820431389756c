import type { Connection } from './connection.ts';
import { noSuch, withUniqueName } from './errors.ts';
import { ENDED, type RunStatus } from './run-status.ts';

/** The checkpoint of another run that a run started from. */
export interface RunParent {
  readonly runId: number;
  readonly step: number;
}

export interface NewRun {
  /** Default: "run 1", "run 2" … */
  readonly name?: string;
  readonly parent?: RunParent;
  /** Kept as JSON. */
  readonly config: unknown;
  readonly syntheticPackId: number | null;
  readonly realPackId: number | null;
  readonly totalSteps: number;
  readonly notes?: string;
}

export interface Run {
  readonly id: number;
  readonly name: string;
  readonly status: RunStatus;
  readonly statusAt: string;
  readonly parent: RunParent | null;
  readonly config: unknown;
  readonly syntheticPackId: number | null;
  readonly realPackId: number | null;
  readonly engine: string | null;
  readonly device: string | null;
  /** Last finished step. */
  readonly step: number;
  readonly totalSteps: number;
  /** What ended it, when it failed. */
  readonly error: string | null;
  /** Its health in words. */
  readonly verdict: string | null;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly archived: boolean;
  /** When it was put into the trash; null where it was not. */
  readonly trashedAt: string | null;
  readonly heartbeatAt: string | null;
  /** Time of work so far, without pauses. */
  readonly workedSeconds: number;
  readonly processId: number | null;
  readonly host: string | null;
  readonly createdAt: string;
  /** When it was done, stopped or failed. */
  readonly finishedAt: string | null;
}

/** What may be changed of a run besides its status; what is not named stays. */
export interface RunChanges {
  readonly name?: string;
  readonly config?: unknown;
  readonly syntheticPackId?: number;
  readonly realPackId?: number;
  readonly engine?: string;
  readonly device?: string;
  readonly step?: number;
  readonly totalSteps?: number;
  readonly verdict?: string | null;
  readonly notes?: string;
  readonly tags?: readonly string[];
  readonly archived?: boolean;
  readonly trashedAt?: string | null;
}

export interface Runs {
  /** A queued run. Throws `StudioError` ("busy") when the name is taken. */
  add(run: NewRun): Run;
  get(id: number): Run | undefined;
  byName(name: string): Run | undefined;
  /** In the order of their making. */
  list(): Run[];
  /** The run that was made last. */
  latest(): Run | undefined;
  /** Runs that wait for their turn, oldest first. */
  queue(): Run[];
  /** Runs that a process has worked on since a time, whether it still does or they have ended meanwhile. */
  workedOnBy(processId: number, since: string): Run[];
  setStatus(id: number, status: RunStatus, error?: string): void;
  /** The process that works on the run from now on. */
  claim(id: number, processId: number, host: string): void;
  /** A sign of life, and the last finished step; the time since the sign before was work. */
  heartbeat(id: number, step: number): void;
  /** A sign of life while nothing is worked on, as in a pause. */
  idle(id: number): void;
  update(id: number, changes: RunChanges): void;
  /** Forgets a run with all its records; its folder is the caller's. */
  remove(id: number): void;
}

type Row = Omit<Run, 'parent' | 'config' | 'tags' | 'archived'> & {
  parentRunId: number | null;
  parentStep: number | null;
  config: string;
  tags: string;
  archived: number;
};

const COLUMNS = `id, name, status, status_at AS statusAt, parent_run_id AS parentRunId, parent_step AS parentStep,
  config, synthetic_pack_id AS syntheticPackId, real_pack_id AS realPackId, engine, device, step,
  total_steps AS totalSteps, error, verdict, notes, tags, archived, trashed_at AS trashedAt,
  heartbeat_at AS heartbeatAt, worked_seconds AS workedSeconds, process_id AS processId, host, created_at AS createdAt, finished_at AS finishedAt`;

/** Column of each change, in the order that they are written. */
const CHANGE_COLUMNS: Record<keyof RunChanges, string> = {
  name: 'name',
  config: 'config',
  syntheticPackId: 'synthetic_pack_id',
  realPackId: 'real_pack_id',
  engine: 'engine',
  device: 'device',
  step: 'step',
  totalSteps: 'total_steps',
  verdict: 'verdict',
  notes: 'notes',
  tags: 'tags',
  archived: 'archived',
  trashedAt: 'trashed_at',
};

export function runTable(connection: Connection): Runs {
  const insert = connection.prepare<(number | string | null)[]>(
    `INSERT INTO runs
       (name, status, status_at, parent_run_id, parent_step, config, synthetic_pack_id, real_pack_id, total_steps,
        notes, created_at)
     VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = connection.prepare<[number], Row>(`SELECT ${COLUMNS} FROM runs WHERE id = ?`);
  const byName = connection.prepare<[string], Row>(`SELECT ${COLUMNS} FROM runs WHERE name = ?`);
  const all = connection.prepare<[], Row>(`SELECT ${COLUMNS} FROM runs ORDER BY id`);
  const last = connection.prepare<[], Row>(`SELECT ${COLUMNS} FROM runs ORDER BY id DESC LIMIT 1`);
  const queued = connection.prepare<[], Row>(
    `SELECT ${COLUMNS} FROM runs WHERE status = 'queued' ORDER BY status_at, id`,
  );
  const workedOnBy = connection.prepare<[number, string], Row>(
    `SELECT ${COLUMNS} FROM runs WHERE process_id = ? AND heartbeat_at >= ? ORDER BY id`,
  );
  const setStatus = connection.prepare<[string, string, string | null, string | null, number]>(
    'UPDATE runs SET status = ?, status_at = ?, finished_at = ?, error = ? WHERE id = ?',
  );
  const claim = connection.prepare<[number, string, string, number]>(
    'UPDATE runs SET process_id = ?, host = ?, heartbeat_at = ? WHERE id = ?',
  );
  const heartbeat = connection.prepare<[string, string, number, number]>(
    `UPDATE runs SET
       worked_seconds = worked_seconds + max(0, 86400 * coalesce(julianday(?) - julianday(heartbeat_at), 0)),
       heartbeat_at = ?, step = ?
     WHERE id = ?`,
  );
  const idle = connection.prepare<[string, number]>('UPDATE runs SET heartbeat_at = ? WHERE id = ?');

  const remove = connection.prepare<[number]>('DELETE FROM runs WHERE id = ?');

  const one = (row: Row | undefined): Run | undefined => row && fromRow(row);
  const get = (id: number): Run | undefined => one(byId.get(id));
  const freeName = (): string => {
    for (let number = (last.get()?.id ?? 0) + 1; ; number++) {
      if (!byName.get(`run ${number}`)) return `run ${number}`;
    }
  };
  const mustChange = (id: number, result: { changes: number }): void => {
    if (result.changes === 0) throw noSuch('run', id);
  };
  return {
    add: (run) =>
      connection.transaction(() => {
        const name = run.name ?? freeName();
        const now = new Date().toISOString();
        const { insertedId } = withUniqueName('run', name, () =>
          insert.run(
            name,
            now,
            run.parent?.runId ?? null,
            run.parent?.step ?? null,
            JSON.stringify(run.config),
            run.syntheticPackId,
            run.realPackId,
            run.totalSteps,
            run.notes ?? '',
            now,
          ),
        );
        const added = get(insertedId);
        if (!added) throw noSuch('run', insertedId);
        return added;
      }),
    get,
    byName: (name) => one(byName.get(name)),
    list: () => all.all().map(fromRow),
    latest: () => one(last.get()),
    queue: () => queued.all().map(fromRow),
    workedOnBy: (processId, since) => workedOnBy.all(processId, since).map(fromRow),
    setStatus(id, status, error) {
      const now = new Date().toISOString();
      mustChange(id, setStatus.run(status, now, ENDED.has(status) ? now : null, error ?? null, id));
    },
    claim: (id, processId, host) => mustChange(id, claim.run(processId, host, new Date().toISOString(), id)),
    heartbeat(id, step) {
      const now = new Date().toISOString();
      mustChange(id, heartbeat.run(now, now, step, id));
    },
    idle: (id) => mustChange(id, idle.run(new Date().toISOString(), id)),
    remove: (id) => mustChange(id, remove.run(id)),
    update(id, changes) {
      const { config, tags, archived, ...plain } = changes;
      const values: Record<string, string | number | null | undefined> = {
        ...plain,
        ...(config === undefined ? {} : { config: JSON.stringify(config) }),
        ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
        ...(archived === undefined ? {} : { archived: archived ? 1 : 0 }),
      };
      const names = Object.entries(CHANGE_COLUMNS).filter(([key]) => values[key] !== undefined);
      if (names.length === 0) return;
      const statement = connection.prepare<(string | number | null)[]>(
        `UPDATE runs SET ${names.map(([, column]) => `${column} = ?`).join(', ')} WHERE id = ?`,
      );
      const bound = names.map(([key]) => values[key] ?? null);
      mustChange(
        id,
        withUniqueName('run', changes.name ?? '', () => statement.run(...bound, id)),
      );
    },
  };
}

function fromRow(row: Row): Run {
  const { parentRunId, parentStep, config, tags, archived, ...plain } = row;
  const parent =
    parentRunId === null || parentStep === null ? null : { runId: parentRunId, step: parentStep };
  return {
    ...plain,
    parent,
    config: JSON.parse(config),
    tags: JSON.parse(tags) as string[],
    archived: archived === 1,
  };
}
