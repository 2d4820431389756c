import type { Migration } from './migration.ts';

/** Long work, as contract/operations/jobs.ts tells of it, with what is needed to start it again. */
const JOBS = `
  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind <> ''),
    title TEXT NOT NULL,
    lane TEXT NOT NULL CHECK (lane IN ('engine', 'data')),
    run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL,
    input TEXT NOT NULL CHECK (json_valid(input)),
    status TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
    progress TEXT CHECK (progress IS NULL OR json_valid(progress)),
    result TEXT CHECK (result IS NULL OR json_valid(result)),
    failure TEXT CHECK (failure IS NULL OR json_valid(failure)),
    notes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notes)),
    worker_process_id INTEGER,
    created_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT
  ) STRICT;

  CREATE INDEX jobs_by_run ON jobs (run_id) WHERE run_id IS NOT NULL;
`;

/**
 * What people changed. An edit that was undone stays; one that was undone and then cut off by a newer edit is never done
 * again. `edit_images` says which images an edit was of.
 */
const EDITS = `
  CREATE TABLE edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    image_count INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'cut')),
    undo TEXT NOT NULL CHECK (json_valid(undo)),
    redo TEXT NOT NULL CHECK (json_valid(redo)),
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE INDEX edits_by_state ON edits (state, id);

  CREATE TABLE edit_images (
    image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    edit_id INTEGER NOT NULL REFERENCES edits (id),
    PRIMARY KEY (image_id, edit_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE views (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    filter TEXT NOT NULL CHECK (json_valid(filter)),
    sort TEXT NOT NULL CHECK (json_valid(sort))
  ) STRICT, WITHOUT ROWID;
`;

const RUNS = `
  ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags));
  ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1));
  ALTER TABLE runs ADD COLUMN trashed_at TEXT;
`;

/** The visual Turing test. The trials are planned when a session begins, so that it can be gone on with. */
const TURING = `
  CREATE TABLE turing_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    rater TEXT NOT NULL,
    seed INTEGER NOT NULL,
    started_at TEXT NOT NULL
  ) STRICT;

  CREATE INDEX turing_sessions_by_run ON turing_sessions (run_id, step);

  CREATE TABLE turing_trials (
    session_id INTEGER NOT NULL REFERENCES turing_sessions (id) ON DELETE CASCADE,
    trial INTEGER NOT NULL,
    image_id INTEGER REFERENCES images (id) ON DELETE SET NULL,
    shown TEXT NOT NULL CHECK (shown IN ('real', 'refined', 'synthetic')),
    is_catch INTEGER NOT NULL CHECK (is_catch IN (0, 1)),
    answer TEXT CHECK (answer IN ('real', 'refined')),
    answered_at TEXT,
    PRIMARY KEY (session_id, trial),
    CHECK ((answer IS NULL) = (answered_at IS NULL))
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX turing_trials_by_image ON turing_trials (image_id) WHERE image_id IS NOT NULL;
`;

/** What was computed once and is looked at often: the newest of a name, of the library or of a checkpoint. */
const DOCUMENTS = `
  CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL CHECK (name <> ''),
    run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER,
    content TEXT NOT NULL CHECK (json_valid(content)),
    made_at TEXT NOT NULL,
    CHECK ((run_id IS NULL) = (step IS NULL))
  ) STRICT;

  CREATE UNIQUE INDEX documents_by_name ON documents (name, ifnull(run_id, 0), ifnull(step, 0));
  CREATE INDEX documents_by_run ON documents (run_id, step) WHERE run_id IS NOT NULL;
`;

export const studio: Migration = {
  version: 3,
  name: 'jobs, edits, views, Turing tests, documents',
  up(connection) {
    for (const tables of [JOBS, EDITS, RUNS, TURING, DOCUMENTS]) connection.execute(tables);
  },
};
