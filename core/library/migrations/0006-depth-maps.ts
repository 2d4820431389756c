import type { Migration } from './migration.ts';

/** What is known of a dataset's depth maps. Those of before are 16-bit grey, and most are hands as they are simulated. */
export const depthMaps: Migration = {
  version: 6,
  name: 'depth maps',
  up(connection) {
    connection.execute(`
      ALTER TABLE datasets ADD COLUMN depth TEXT CHECK (depth IS NULL OR json_valid(depth));
      UPDATE datasets SET depth = '{"encoding":"grey","foregroundOffsetMm":300,"windowMm":800}'
      WHERE EXISTS (
        SELECT 1 FROM images WHERE dataset_id = datasets.id AND bit_depth = 16 AND channels = 1
      );
    `);
  },
};
