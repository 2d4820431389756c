import type { Connection } from './connection.ts';

interface CheckpointPlace {
  readonly runId: number;
  readonly step: number;
}

export interface StoredDocument {
  readonly content: unknown;
  readonly madeAt: string;
}

/** What was computed once and is looked at often ("health", "map", "dial"), of the library or of a checkpoint. */
export interface Documents {
  /** Kept as JSON; one of the same name and checkpoint is replaced. */
  put(name: string, content: unknown, checkpoint?: CheckpointPlace): void;
  get(name: string, checkpoint?: CheckpointPlace): StoredDocument | undefined;
  remove(name: string, checkpoint?: CheckpointPlace): void;
  /** Forgets those of checkpoints after a step. */
  truncateAfter(runId: number, step: number): void;
}

const PLACE = 'name = ? AND ifnull(run_id, 0) = ifnull(?, 0) AND ifnull(step, 0) = ifnull(?, 0)';

export function documentTable(connection: Connection): Documents {
  const upsert = connection.prepare<[string, number | null, number | null, string, string]>(
    `INSERT INTO documents (name, run_id, step, content, made_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name, ifnull(run_id, 0), ifnull(step, 0))
     DO UPDATE SET content = excluded.content, made_at = excluded.made_at`,
  );
  const one = connection.prepare<[string, number | null, number | null], { content: string; madeAt: string }>(
    `SELECT content, made_at AS madeAt FROM documents WHERE ${PLACE}`,
  );
  const remove = connection.prepare<[string, number | null, number | null]>(
    `DELETE FROM documents WHERE ${PLACE}`,
  );
  const truncate = connection.prepare<[number, number]>(
    'DELETE FROM documents WHERE run_id = ? AND step > ?',
  );
  return {
    put(name, content, checkpoint) {
      const now = new Date().toISOString();
      upsert.run(name, checkpoint?.runId ?? null, checkpoint?.step ?? null, JSON.stringify(content), now);
    },
    get(name, checkpoint) {
      const row = one.get(name, checkpoint?.runId ?? null, checkpoint?.step ?? null);
      return row && { content: JSON.parse(row.content) as unknown, madeAt: row.madeAt };
    },
    remove: (name, checkpoint) => void remove.run(name, checkpoint?.runId ?? null, checkpoint?.step ?? null),
    truncateAfter: (runId, step) => void truncate.run(runId, step),
  };
}
