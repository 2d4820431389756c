import type { Migration } from './migration.ts';

/** Finds the few labels that people corrected among a million of imported ones. */
export const corrections: Migration = {
  version: 4,
  name: 'index of corrected labels',
  up(connection) {
    connection.execute("CREATE INDEX annotations_by_user ON annotations (image_id) WHERE author = 'user'");
  },
};
