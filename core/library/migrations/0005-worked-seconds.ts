import type { Migration } from './migration.ts';

/** How long a run was worked on. For runs of before it is the time between their making and their last sign of life. */
export const workedSeconds: Migration = {
  version: 5,
  name: 'time of work',
  up(connection) {
    connection.execute(`
      ALTER TABLE runs ADD COLUMN worked_seconds REAL NOT NULL DEFAULT 0;
      UPDATE runs SET worked_seconds = max(0, coalesce(
        86400 * (julianday(coalesce(finished_at, heartbeat_at)) - julianday(created_at)), 0));
    `);
  },
};
