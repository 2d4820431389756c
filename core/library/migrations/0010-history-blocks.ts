import { blockOf } from '../history-buffer.ts';
import { packStep } from '../history-entries.ts';
import { unpackFixedWidth } from './fixed-width-entries.ts';
import type { Migration } from './migration.ts';

/** What entered the history buffer in blocks of steps, in Rice codes: three quarters of what it took. */
export const historyBlocks: Migration = {
  version: 10,
  name: 'history blocks',
  up(connection) {
    connection.execute(`
      CREATE TABLE history_blocks (
        run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        block INTEGER NOT NULL,
        steps BLOB NOT NULL,
        PRIMARY KEY (run_id, block)
      ) STRICT;
    `);
    const steps = connection.prepare<[], { readonly runId: number; readonly step: number }>(
      'SELECT run_id AS runId, step FROM history_entries ORDER BY run_id, step',
    );
    const rowAt = connection.prepare<[number, number], { readonly filled: number; readonly entries: Buffer }>(
      'SELECT filled, entries FROM history_entries WHERE run_id = ? AND step = ?',
    );
    const add = connection.prepare<[number, number, Buffer]>(
      'INSERT INTO history_blocks (run_id, block, steps) VALUES (?, ?, ?)',
    );
    const byRun = Map.groupBy(steps.all(), ({ runId }) => runId);
    for (const [runId, ofRun] of byRun) {
      for (const [block, together] of Map.groupBy(ofRun, ({ step }) => blockOf(step))) {
        const packed = together.map(({ step }) => {
          const { filled = 0, entries = Buffer.alloc(0) } = rowAt.get(runId, step) ?? {};
          return packStep({ step, entries: unpackFixedWidth(step, entries) }, filled).bytes;
        });
        add.run(runId, block, Buffer.concat(packed));
      }
    }
    connection.execute('DROP TABLE history_entries');
  },
};
