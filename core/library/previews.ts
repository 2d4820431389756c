import type { Connection } from './connection.ts';

export interface NewPreview {
  readonly step: number;
  /** What it shows: "strip", "buffer", … */
  readonly kind: string;
  /** Relative to the run's folder. */
  readonly path: string;
}

export interface Preview extends NewPreview {
  readonly runId: number;
  readonly createdAt: string;
}

export interface Previews {
  /** Records a picture; one of the same step and kind is replaced. */
  record(runId: number, preview: NewPreview): void;
  /** By step; of one kind, if it is given. */
  list(runId: number, kind?: string): Preview[];
  /** Forgets what comes after a step; returns the paths of the files that are now nobody's. */
  truncateAfter(runId: number, step: number): string[];
}

export function previewTable(connection: Connection): Previews {
  const upsert = connection.prepare<[number, number, string, string, string]>(
    `INSERT INTO previews (run_id, step, kind, path, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (run_id, step, kind) DO UPDATE SET path = excluded.path, created_at = excluded.created_at`,
  );
  const list = connection.prepare<[number, string | null], Preview>(
    `SELECT run_id AS runId, step, kind, path, created_at AS createdAt FROM previews
     WHERE run_id = ? AND kind = coalesce(?, kind) ORDER BY step, kind`,
  );
  const truncate = connection.prepare<[number, number], { path: string }>(
    'DELETE FROM previews WHERE run_id = ? AND step > ? RETURNING path',
  );
  return {
    record: (runId, { step, kind, path }) =>
      void upsert.run(runId, step, kind, path, new Date().toISOString()),
    list: (runId, kind) => list.all(runId, kind ?? null),
    truncateAfter: (runId, step) => truncate.all(runId, step).map((row) => row.path),
  };
}
