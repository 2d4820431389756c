import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toBlob } from './blobs.ts';
import { openConnection, type Connection } from './connection.ts';
import { migrate, migrations, needsMigration } from './migrate.ts';
import type { Migration } from './migrations/migration.ts';
import { historyBufferTable } from './history-buffer.ts';
import { runMetricTable } from './run-metrics.ts';
import { errorOf, temporaryFolder } from './temporary-library.ts';

const tableNames = (connection: Connection): string[] =>
  connection
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all()
    .map(({ name }) => name)
    .sort();

/** The next step that this schema might get. */
const addShelves: Migration = {
  version: migrations.length + 1,
  name: 'shelves',
  up: (connection) => connection.execute('CREATE TABLE shelves (id INTEGER PRIMARY KEY) STRICT'),
};

test('versions count from 1 without gaps', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
});

test('1 first schema: an empty file gets every table, all of them strict', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  expect(needsMigration(connection)).toBe(true);
  migrate(connection, migrations.slice(0, 1));
  expect(needsMigration(connection)).toBe(true);
  expect(connection.pragmaNumber('user_version')).toBe(1);
  expect(tableNames(connection)).toEqual([
    'annotations',
    'checkpoints',
    'datasets',
    'evaluations',
    'exports',
    'history_entries',
    'image_tags',
    'images',
    'packs',
    'previews',
    'refined_images',
    'run_metric_chunks',
    'run_metric_rows',
    'run_metrics',
    'runs',
    'settings',
    'tags',
  ]);
  const loose = connection
    .prepare<[], { name: string }>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  expect(loose).toEqual([]);
  connection.close();
});

test('2 run events: a library of before gets the table, and its runs stay', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  migrate(connection, migrations.slice(0, 1));
  connection.execute(
    `INSERT INTO runs (name, status, status_at, config, total_steps, created_at) VALUES ('run 1', 'done', '', '{}', 5, '')`,
  );
  migrate(connection);
  expect(needsMigration(connection)).toBe(false);
  expect(tableNames(connection)).toContain('run_events');
  connection.execute(
    `INSERT INTO run_events (run_id, step, kind, content, created_at) SELECT id, 3, 'change', '{}', '' FROM runs`,
  );
  connection.execute('DELETE FROM runs');
  const left = connection.prepare<[], { count: number }>('SELECT count(*) AS count FROM run_events').get();
  expect(left?.count).toBe(0);
  connection.close();
});

test('3 studio: runs of before are neither tagged nor put away, and the new tables go with what they are of', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  migrate(connection, migrations.slice(0, 2));
  connection.execute(
    `INSERT INTO runs (name, status, status_at, config, total_steps, created_at) VALUES ('run 1', 'done', '', '{}', 5, '')`,
  );
  migrate(connection);
  expect(needsMigration(connection)).toBe(false);
  const run = connection
    .prepare<[], { tags: string; archived: number; trashed_at: string | null }>(
      'SELECT tags, archived, trashed_at FROM runs',
    )
    .get();
  expect(run).toEqual({ tags: '[]', archived: 0, trashed_at: null });
  connection.execute(`
    INSERT INTO jobs (kind, title, lane, run_id, input, status, created_at)
      SELECT 'refine', 'Refining', 'engine', id, '{}', 'done', '' FROM runs;
    INSERT INTO turing_sessions (run_id, step, rater, seed, started_at) SELECT id, 3, '', 1, '' FROM runs;
    INSERT INTO turing_trials (session_id, trial, shown, is_catch) SELECT id, 0, 'real', 0 FROM turing_sessions;
    INSERT INTO documents (name, run_id, step, content, made_at) SELECT 'dial', id, 3, '{}', '' FROM runs;
    INSERT INTO documents (name, content, made_at) VALUES ('health', '{}', '');
    DELETE FROM runs;
  `);
  const counts = connection
    .prepare<[], Record<string, number>>(
      `SELECT (SELECT count(*) FROM jobs WHERE run_id IS NULL) AS jobs,
         (SELECT count(*) FROM turing_sessions) AS sessions, (SELECT count(*) FROM turing_trials) AS trials,
         (SELECT count(*) FROM documents) AS documents`,
    )
    .get();
  expect(counts).toEqual({ jobs: 1, sessions: 0, trials: 0, documents: 1 });
  connection.close();
});

test('5 time of work: runs of before have that between their making and their last sign of life', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  migrate(connection, migrations.slice(0, 4));
  const columns = 'name, status, status_at, config, total_steps, created_at, heartbeat_at, finished_at';
  connection.execute(`
    INSERT INTO runs (${columns}) VALUES
      ('done', 'done', '', '{}', 5, '2026-01-01T10:00:00.000Z', '2026-01-01T10:01:00.000Z', '2026-01-01T10:02:30.500Z'),
      ('killed', 'running', '', '{}', 5, '2026-01-01T10:00:00.000Z', '2026-01-01T10:01:00.000Z', NULL),
      ('queued', 'queued', '', '{}', 5, '2026-01-01T10:00:00.000Z', NULL, NULL);
  `);
  migrate(connection);
  const worked = connection
    .prepare<[], { seconds: number }>('SELECT worked_seconds AS seconds FROM runs ORDER BY id')
    .all();
  expect(worked.map(({ seconds }) => Math.round(10 * seconds) / 10)).toEqual([150.5, 60, 0]);
  connection.close();
});

test('an older library gets only the steps that it lacks and keeps its content', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  migrate(connection);
  connection.execute("INSERT INTO tags (name) VALUES ('blurred')");
  migrate(connection, [...migrations, addShelves]);
  expect(connection.pragmaNumber('user_version')).toBe(addShelves.version);
  expect(tableNames(connection)).toContain('shelves');
  expect(connection.prepare<[], { name: string }>('SELECT name FROM tags').all()).toEqual([
    { name: 'blurred' },
  ]);
  expect(errorOf(() => migrate(connection)).code).toBe('too-new');
  connection.close();
});

test('a step that fails half way leaves the schema and the version before it', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  migrate(connection);
  const broken: Migration = {
    ...addShelves,
    up(database) {
      addShelves.up(database);
      throw new Error('power cut');
    },
  };
  expect(() => migrate(connection, [...migrations, broken])).toThrow('power cut');
  expect(connection.pragmaNumber('user_version')).toBe(migrations.length);
  expect(tableNames(connection)).not.toContain('shelves');
  connection.close();
});

test('4 corrections: what people corrected is found by the index alone', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  migrate(connection, migrations.slice(0, 3));
  migrate(connection);
  const plan = connection
    .prepare<[], { detail: string }>(
      "EXPLAIN QUERY PLAN SELECT image_id FROM annotations WHERE author = 'user'",
    )
    .all()
    .map(({ detail }) => detail);
  expect(plan).toEqual([expect.stringContaining('annotations_by_user')]);
  connection.close();
});

test('7 metric blocks: the curves of runs of before are drawn as those of new ones', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.sqlite');
  const connection = openConnection(path, 'write');
  migrate(connection, migrations.slice(0, 6));
  connection.execute(`
    INSERT INTO runs (name, status, status_at, config, total_steps, created_at) VALUES ('run 1', 'done', '', '{}', 5, '');
    INSERT INTO run_metrics (run_id, name) SELECT id, 'loss' FROM runs;
  `);
  const addChunk = connection.prepare<[number, number, Buffer]>(
    'INSERT INTO run_metric_chunks (metric_id, first_step, last_step, readings) SELECT id, ?, ?, ? FROM run_metrics',
  );
  for (const first of [1, 4_097, 8_193]) {
    const values = Float32Array.from({ length: 4_096 }, (_, index) => first + index);
    addChunk.run(first, first + 4_095, Buffer.from(values.buffer));
  }
  migrate(connection);
  const series = runMetricTable(connection).series(1, 'loss', { maxPoints: 20 });
  expect(series.bucketSteps).toBe(768);
  expect(series.steps).toEqual(series.min);
  expect(series.steps).toHaveLength(17);
  connection.close();
});

test('8 counts of images: those of before are counted', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  migrate(connection, migrations.slice(0, 7));
  connection.execute(`
    INSERT INTO datasets (name, role, root_path, copied, format, import_options, created_at)
      VALUES ('a', 'real', '/a', 0, 'table', '{}', '');
    INSERT INTO images (dataset_id, path, sha256, split, width_px, height_px, channels, bit_depth, grey_mean, grey_deviation,
        excluded_reason)
      SELECT 1, value, zeroblob(32), 'train', 2, 2, 1, 8, 0, 0, iif(value < 2, 'dark', NULL)
      FROM json_each('[0, 1, 2, 3, 4]');
  `);
  migrate(connection);
  const counts = connection
    .prepare<[], { total: number; in_use: number; excluded: number }>(
      'SELECT total, in_use, excluded FROM image_counts',
    )
    .all();
  expect(counts).toEqual([
    { total: 0, in_use: 0, excluded: 0 },
    { total: 5, in_use: 3, excluded: 2 },
  ]);
  connection.close();
});

test('9 packed history, 10 history blocks: what entered the buffer of a run of before is still known', () => {
  using folder = temporaryFolder();
  const connection = openConnection(join(folder.path, 'a.sqlite'), 'write');
  migrate(connection, migrations.slice(0, 8));
  connection.execute(`
    INSERT INTO runs (name, status, status_at, config, total_steps, created_at) VALUES ('run 1', 'done', '', '{}', 5, '');
  `);
  const add = connection.prepare<[number, number, Buffer]>(
    'INSERT INTO history_entries (run_id, step, filled, entries) VALUES (1, ?, ?, ?)',
  );
  add.run(-1, 2, toBlob(Int32Array.of(0, 70, -(2 ** 31), 1, 71, -(2 ** 31))));
  add.run(3, 2, toBlob(Int32Array.of(1, 72, -1)));
  migrate(connection);
  const history = historyBufferTable(connection);
  expect(history.atStep(1, 3)).toEqual([
    { slot: 0, sourceImageId: 70, enteredStep: -1, replacedStep: null },
    { slot: 1, sourceImageId: 72, enteredStep: 3, replacedStep: -1 },
  ]);
  connection.close();
});
