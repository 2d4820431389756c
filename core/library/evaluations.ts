import type { Connection } from './connection.ts';

export interface NewEvaluation {
  readonly runId: number;
  /** Of the checkpoint. */
  readonly step: number;
  /** What was measured: "realism", "label-preservation", "downstream". */
  readonly kind: string;
  /** Kept as JSON. */
  readonly result: unknown;
}

export interface Evaluation extends NewEvaluation {
  readonly id: number;
  readonly createdAt: string;
}

export interface Evaluations {
  /** All are kept: the same measurement twice is two records. Returns the id. */
  add(evaluation: NewEvaluation): number;
  /** By step, then time; of one kind, if it is given. */
  list(runId: number, kind?: string): Evaluation[];
  /** The newest of a kind, for a checkpoint if a step is given. */
  latest(runId: number, kind: string, step?: number): Evaluation | undefined;
  /** The newest of a kind of every run that has one; of one run, if it is given. */
  newest(kind: string, runId?: number): Map<number, Evaluation>;
  /** Forgets those of checkpoints after a step. */
  truncateAfter(runId: number, step: number): void;
}

type Row = Omit<Evaluation, 'result'> & { result: string };

const COLUMNS = 'id, run_id AS runId, step, kind, result, created_at AS createdAt';

export function evaluationTable(connection: Connection): Evaluations {
  const insert = connection.prepare<[number, number, string, string, string]>(
    'INSERT INTO evaluations (run_id, step, kind, result, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const list = connection.prepare<[number, string | null], Row>(
    `SELECT ${COLUMNS} FROM evaluations WHERE run_id = ? AND kind = coalesce(?, kind) ORDER BY step, id`,
  );
  const latest = connection.prepare<[number, string, number | null], Row>(
    `SELECT ${COLUMNS} FROM evaluations WHERE run_id = ? AND kind = ? AND step = coalesce(?, step)
     ORDER BY id DESC LIMIT 1`,
  );
  const newest = connection.prepare<[string, number | null], Row>(
    `SELECT ${COLUMNS} FROM evaluations WHERE id IN (
       SELECT max(id) FROM evaluations WHERE kind = ? AND run_id = coalesce(?, run_id) GROUP BY run_id
     )`,
  );
  const truncate = connection.prepare<[number, number]>(
    'DELETE FROM evaluations WHERE run_id = ? AND step > ?',
  );
  const fromRow = (row: Row): Evaluation => ({ ...row, result: JSON.parse(row.result) });
  return {
    add: ({ runId, step, kind, result }) =>
      insert.run(runId, step, kind, JSON.stringify(result), new Date().toISOString()).insertedId,
    list: (runId, kind) => list.all(runId, kind ?? null).map(fromRow),
    latest(runId, kind, step) {
      const row = latest.get(runId, kind, step ?? null);
      return row && fromRow(row);
    },
    newest: (kind, runId) => new Map(newest.all(kind, runId ?? null).map((row) => [row.runId, fromRow(row)])),
    truncateAfter: (runId, step) => void truncate.run(runId, step),
  };
}
