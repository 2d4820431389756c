import type { Migration } from './migration.ts';

/**
 * What happened in a run besides its numbers: settings that were changed, what guards said, pauses, verdicts. In the
 * order of happening, which within a step is that of the ids.
 */
export const runEvents: Migration = {
  version: 2,
  name: 'run events',
  up(connection) {
    connection.execute(`
      CREATE TABLE run_events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind <> ''),
        content TEXT NOT NULL CHECK (json_valid(content)),
        created_at TEXT NOT NULL
      ) STRICT;

      CREATE INDEX run_events_by_step ON run_events (run_id, step);
    `);
  },
};
