import { float32OfBlob, int32OfBlob, toBlob } from '../blobs.ts';
import { blocksByPage } from '../metric-blocks.ts';
import type { Migration } from './migration.ts';

/** What the whole curve of many steps is drawn from, in pages of 262,144 steps. */
export const metricBlocks: Migration = {
  version: 7,
  name: 'blocks of metric readings',
  up(connection) {
    connection.execute(`
      CREATE TABLE run_metric_blocks (
        metric_id INTEGER NOT NULL REFERENCES run_metrics (id) ON DELETE CASCADE,
        first_step INTEGER NOT NULL,
        blocks BLOB NOT NULL,
        PRIMARY KEY (metric_id, first_step)
      ) STRICT;
    `);
    const metrics = connection.prepare<[], { id: number }>('SELECT id FROM run_metrics');
    const chunks = connection.prepare<
      [number],
      { readonly firstStep: number; readonly steps: Buffer | null; readonly readings: Buffer }
    >(
      'SELECT first_step AS firstStep, steps, readings FROM run_metric_chunks WHERE metric_id = ? ORDER BY id',
    );
    const add = connection.prepare<[number, number, Buffer]>(
      'INSERT INTO run_metric_blocks (metric_id, first_step, blocks) VALUES (?, ?, ?)',
    );
    for (const { id } of metrics.all()) {
      const pieces = chunks.all(id).map(({ firstStep, steps, readings }) => ({
        firstStep,
        steps: steps && int32OfBlob(steps),
        values: float32OfBlob(readings),
      }));
      for (const [firstStep, blocks] of blocksByPage(pieces)) add.run(id, firstStep, toBlob(blocks));
    }
  },
};
