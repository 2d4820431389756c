import type { Connection } from './connection.ts';

export interface NewRunEvent {
  readonly step: number;
  /** "change", "guard", "paused", "resumed", "verdict" … */
  readonly kind: string;
  /** Kept as JSON. */
  readonly content: unknown;
}

export interface RunEvent extends NewRunEvent {
  readonly createdAt: string;
}

export interface RunEvents {
  add(runId: number, event: NewRunEvent): void;
  /** In the order of happening; of one kind, if it is given. */
  list(runId: number, kind?: string): RunEvent[];
  /** Number of the newest event of all runs; 0 where there is none. */
  lastNumber(): number;
  /** Those with a number above `number`, as they happened. */
  since(runId: number, number: number): { readonly number: number; readonly event: RunEvent }[];
  /** Forgets what comes after a step. */
  truncateAfter(runId: number, step: number): void;
}

type Row = Omit<RunEvent, 'content'> & { content: string };

export function runEventTable(connection: Connection): RunEvents {
  const insert = connection.prepare<[number, number, string, string, string]>(
    'INSERT INTO run_events (run_id, step, kind, content, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const list = connection.prepare<[number, string | null], Row>(
    `SELECT step, kind, content, created_at AS createdAt FROM run_events
     WHERE run_id = ? AND kind = coalesce(?, kind) ORDER BY step, id`,
  );
  const last = connection.prepare<[], { id: number }>('SELECT id FROM run_events ORDER BY id DESC LIMIT 1');
  const since = connection.prepare<[number, number], Row & { id: number }>(
    `SELECT id, step, kind, content, created_at AS createdAt FROM run_events
     WHERE run_id = ? AND id > ? ORDER BY id`,
  );
  const truncate = connection.prepare<[number, number]>(
    'DELETE FROM run_events WHERE run_id = ? AND step > ?',
  );
  return {
    add: (runId, { step, kind, content }) =>
      void insert.run(runId, step, kind, JSON.stringify(content), new Date().toISOString()),
    list: (runId, kind) =>
      list.all(runId, kind ?? null).map((row) => ({ ...row, content: JSON.parse(row.content) as unknown })),
    lastNumber: () => last.get()?.id ?? 0,
    since: (runId, number) =>
      since.all(runId, number).map(({ id, ...row }) => ({
        number: id,
        event: { ...row, content: JSON.parse(row.content) as unknown },
      })),
    truncateAfter: (runId, step) => void truncate.run(runId, step),
  };
}
