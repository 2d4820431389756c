import type { Connection } from './connection.ts';
import { noSuch } from './errors.ts';

export interface NewCheckpoint {
  readonly step: number;
  /** Relative to the run's folder. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** How good a checkpoint is; a score that was not taken is not there. */
export interface CheckpointScores {
  /** Higher is more like the real images. */
  readonly realism?: number;
  /** How far labels and pictures moved apart: the 95th percentile, in pixels. */
  readonly drift?: number;
  /** Realism × preservation: what checkpoints are ranked by. */
  readonly score?: number;
}

export interface Checkpoint extends NewCheckpoint {
  readonly runId: number;
  /** Kept when older ones are thinned out. */
  readonly pinned: boolean;
  readonly scores: CheckpointScores;
  readonly createdAt: string;
}

export interface Checkpoints {
  /** Records a checkpoint; one of the same step is replaced and loses its scores, but stays pinned. */
  record(runId: number, checkpoint: NewCheckpoint): void;
  get(runId: number, step: number): Checkpoint | undefined;
  latest(runId: number): Checkpoint | undefined;
  /** The one with the highest score, the earliest of equals; undefined while none has a score. */
  best(runId: number): Checkpoint | undefined;
  /** The best one of every run that has one, by run. */
  bestOfAll(): Map<number, Checkpoint>;
  /** By step. */
  list(runId: number): Checkpoint[];
  setPinned(runId: number, step: number, pinned: boolean): void;
  /** Adds scores to those that are there. */
  setScores(runId: number, step: number, scores: CheckpointScores): void;
  remove(runId: number, step: number): void;
  /** Forgets what comes after a step; returns the paths of the files that are now nobody's. */
  truncateAfter(runId: number, step: number): string[];
}

type Row = Omit<Checkpoint, 'pinned' | 'scores'> & { pinned: number; scores: string };

const COLUMNS = 'run_id AS runId, step, path, sha256, bytes, pinned, scores, created_at AS createdAt';

export function checkpointTable(connection: Connection): Checkpoints {
  const upsert = connection.prepare<[number, number, string, string, number, string]>(
    `INSERT INTO checkpoints (run_id, step, path, sha256, bytes, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, step) DO UPDATE SET
       path = excluded.path, sha256 = excluded.sha256, bytes = excluded.bytes, scores = '{}',
       created_at = excluded.created_at`,
  );
  const one = connection.prepare<[number, number], Row>(
    `SELECT ${COLUMNS} FROM checkpoints WHERE run_id = ? AND step = ?`,
  );
  const latest = connection.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM checkpoints WHERE run_id = ? ORDER BY step DESC LIMIT 1`,
  );
  const best = connection.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM checkpoints WHERE run_id = ? AND scores ->> 'score' IS NOT NULL
     ORDER BY scores ->> 'score' DESC, step LIMIT 1`,
  );
  const everyBest = connection.prepare<[], Row>(
    `SELECT ${COLUMNS} FROM checkpoints AS candidate
     WHERE id = (
       SELECT id FROM checkpoints WHERE run_id = candidate.run_id AND scores ->> 'score' IS NOT NULL
       ORDER BY scores ->> 'score' DESC, step LIMIT 1
     )`,
  );
  const list = connection.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM checkpoints WHERE run_id = ? ORDER BY step`,
  );
  const setPinned = connection.prepare<[number, number, number]>(
    'UPDATE checkpoints SET pinned = ? WHERE run_id = ? AND step = ?',
  );
  const setScores = connection.prepare<[string, number, number]>(
    'UPDATE checkpoints SET scores = json_patch(scores, ?) WHERE run_id = ? AND step = ?',
  );
  const remove = connection.prepare<[number, number]>(
    'DELETE FROM checkpoints WHERE run_id = ? AND step = ?',
  );
  const truncate = connection.prepare<[number, number], { path: string }>(
    'DELETE FROM checkpoints WHERE run_id = ? AND step > ? RETURNING path',
  );

  const fromRow = (row: Row): Checkpoint => ({
    ...row,
    pinned: row.pinned === 1,
    scores: JSON.parse(row.scores) as CheckpointScores,
  });
  const mustChange = (runId: number, step: number, result: { changes: number }): void => {
    if (result.changes === 0) throw noSuch('checkpoint', `of run ${runId} at step ${step}`);
  };
  return {
    record: (runId, { step, path, sha256, bytes }) =>
      void upsert.run(runId, step, path, sha256, bytes, new Date().toISOString()),
    get(runId, step) {
      const row = one.get(runId, step);
      return row && fromRow(row);
    },
    latest(runId) {
      const row = latest.get(runId);
      return row && fromRow(row);
    },
    best(runId) {
      const row = best.get(runId);
      return row && fromRow(row);
    },
    bestOfAll: () => new Map(everyBest.all().map((row) => [row.runId, fromRow(row)])),
    list: (runId) => list.all(runId).map(fromRow),
    setPinned: (runId, step, pinned) => mustChange(runId, step, setPinned.run(pinned ? 1 : 0, runId, step)),
    setScores: (runId, step, scores) =>
      mustChange(runId, step, setScores.run(JSON.stringify(scores), runId, step)),
    remove: (runId, step) => mustChange(runId, step, remove.run(runId, step)),
    truncateAfter: (runId, step) => truncate.all(runId, step).map((row) => row.path),
  };
}
