import type { Migration } from './migration.ts';

/**
 * Choices that the tables share: ids that files are named after or that packs list are never used twice
 * (AUTOINCREMENT); times are ISO 8601 UTC; paths use '/'; JSON is checked to be JSON.
 */
const DATASETS = `
  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE datasets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    role TEXT NOT NULL CHECK (role IN ('synthetic', 'real')),
    format TEXT NOT NULL,
    root_path TEXT NOT NULL,
    copied INTEGER NOT NULL CHECK (copied IN (0, 1)),
    import_options TEXT NOT NULL CHECK (json_valid(import_options)),
    keypoint_layout TEXT,
    created_at TEXT NOT NULL
  ) STRICT;
`;

/**
 * `images` repeats those parts of the annotations that lists are searched and sorted by, so that a search is one
 * scan of one index. `images_by_label` covers every filter but those on path and size; with the id in second place it
 * grows at its end only, which keeps adding fast. The annotations stay the truth.
 */
const IMAGES = `
  CREATE TABLE images (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    split TEXT NOT NULL CHECK (split IN ('train', 'test')),
    width_px INTEGER NOT NULL CHECK (width_px > 0),
    height_px INTEGER NOT NULL CHECK (height_px > 0),
    channels INTEGER NOT NULL CHECK (channels BETWEEN 1 AND 4),
    bit_depth INTEGER NOT NULL CHECK (bit_depth IN (8, 16)),
    grey_mean REAL NOT NULL,
    grey_deviation REAL NOT NULL,
    pitch_rad REAL,
    yaw_rad REAL,
    visible_joints INTEGER,
    category TEXT,
    joint_visibility TEXT,
    duplicate_of INTEGER REFERENCES images (id) ON DELETE SET NULL,
    excluded_reason TEXT,
    missing INTEGER NOT NULL DEFAULT 0 CHECK (missing IN (0, 1)),
    crop_x_px REAL,
    crop_y_px REAL,
    crop_width_px REAL,
    crop_height_px REAL,
    source_record TEXT CHECK (source_record IS NULL OR json_valid(source_record)),
    UNIQUE (dataset_id, path),
    CHECK (
      (crop_x_px IS NULL) + (crop_y_px IS NULL) + (crop_width_px IS NULL) + (crop_height_px IS NULL) IN (0, 4)
    )
  ) STRICT;

  CREATE INDEX images_by_hash ON images (sha256);
  CREATE INDEX images_by_original ON images (duplicate_of) WHERE duplicate_of IS NOT NULL;
  CREATE INDEX images_by_label ON images (
    dataset_id, id, pitch_rad, yaw_rad, grey_mean, grey_deviation, visible_joints, split, excluded_reason,
    duplicate_of, missing, category, joint_visibility
  );

  CREATE TABLE annotations (
    image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('gaze', 'keypoints', 'category')),
    author TEXT NOT NULL CHECK (author IN ('import', 'user')),
    pitch_rad REAL,
    yaw_rad REAL,
    vector_x REAL,
    vector_y REAL,
    vector_z REAL,
    layout TEXT,
    points BLOB,
    category TEXT,
    PRIMARY KEY (image_id, kind),
    CHECK (
      CASE kind
        WHEN 'gaze' THEN pitch_rad IS NOT NULL AND yaw_rad IS NOT NULL
          AND vector_x IS NOT NULL AND vector_y IS NOT NULL AND vector_z IS NOT NULL
        WHEN 'keypoints' THEN layout IS NOT NULL AND points IS NOT NULL
        ELSE category IS NOT NULL
      END
    )
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> '')
  ) STRICT;

  CREATE TABLE image_tags (
    image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (image_id, tag_id)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX image_tags_by_tag ON image_tags (tag_id);

  CREATE TABLE packs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_id INTEGER NOT NULL REFERENCES datasets (id),
    split TEXT NOT NULL CHECK (split IN ('train', 'test', 'all')),
    preprocessing_hash TEXT NOT NULL,
    preprocessing TEXT NOT NULL CHECK (json_valid(preprocessing)),
    width_px INTEGER NOT NULL,
    height_px INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    bit_depth INTEGER NOT NULL CHECK (bit_depth IN (8, 16)),
    decoder TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    image_count INTEGER NOT NULL,
    image_ids BLOB NOT NULL CHECK (length(image_ids) = 4 * image_count),
    created_at TEXT NOT NULL,
    UNIQUE (dataset_id, split, preprocessing_hash)
  ) STRICT;
`;

const RUNS = `
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    status TEXT NOT NULL CHECK (
      status IN ('queued', 'preflight', 'warming', 'running', 'paused', 'finishing', 'done', 'stopped', 'failed')
    ),
    status_at TEXT NOT NULL,
    parent_run_id INTEGER REFERENCES runs (id),
    parent_step INTEGER,
    config TEXT NOT NULL CHECK (json_valid(config)),
    synthetic_pack_id INTEGER REFERENCES packs (id),
    real_pack_id INTEGER REFERENCES packs (id),
    engine TEXT,
    device TEXT,
    step INTEGER NOT NULL DEFAULT 0,
    total_steps INTEGER NOT NULL,
    error TEXT,
    verdict TEXT,
    notes TEXT NOT NULL DEFAULT '',
    heartbeat_at TEXT,
    process_id INTEGER,
    host TEXT,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    CHECK ((parent_run_id IS NULL) = (parent_step IS NULL))
  ) STRICT;

  CREATE TABLE run_metrics (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    UNIQUE (run_id, name)
  ) STRICT;

  CREATE TABLE run_metric_rows (
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    readings BLOB NOT NULL,
    PRIMARY KEY (run_id, step)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE run_metric_chunks (
    id INTEGER PRIMARY KEY,
    metric_id INTEGER NOT NULL REFERENCES run_metrics (id) ON DELETE CASCADE,
    first_step INTEGER NOT NULL,
    last_step INTEGER NOT NULL,
    steps BLOB,
    readings BLOB NOT NULL
  ) STRICT;

  CREATE INDEX run_metric_chunks_by_step ON run_metric_chunks (metric_id, last_step);

  CREATE TABLE previews (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (run_id, step, kind)
  ) STRICT;

  CREATE TABLE checkpoints (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    scores TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(scores)),
    created_at TEXT NOT NULL,
    UNIQUE (run_id, step)
  ) STRICT;

  CREATE TABLE history_entries (
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    filled INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (run_id, step)
  ) STRICT;
`;

const RESULTS = `
  CREATE TABLE refined_images (
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    image_id INTEGER NOT NULL REFERENCES images (id),
    path TEXT NOT NULL,
    mean_abs_change REAL NOT NULL,
    discriminator_score REAL NOT NULL,
    drift_px REAL,
    sha256 TEXT NOT NULL,
    alpha REAL NOT NULL,
    PRIMARY KEY (run_id, step, image_id)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX refined_images_by_image ON refined_images (image_id);

  CREATE TABLE evaluations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    kind TEXT NOT NULL,
    result TEXT NOT NULL CHECK (json_valid(result)),
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE INDEX evaluations_by_run ON evaluations (run_id, step, kind);

  CREATE TABLE exports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    step INTEGER NOT NULL,
    folder TEXT NOT NULL,
    formats TEXT NOT NULL CHECK (json_valid(formats)),
    image_count INTEGER NOT NULL,
    annotation_count INTEGER NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT;
`;

export const firstSchema: Migration = {
  version: 1,
  name: 'first schema',
  up(connection) {
    for (const tables of [DATASETS, IMAGES, RUNS, RESULTS]) connection.execute(tables);
  },
};
