import type { Migration } from './migration.ts';

/** What is counted, as a condition on a row of images. */
const COUNTED = {
  total: (row) => `${row}.id IS NOT NULL`,
  in_use: (row) => `${row}.excluded_reason IS NULL AND ${row}.missing = 0`,
  excluded: (row) => `${row}.excluded_reason IS NOT NULL`,
  missing: (row) => `${row}.missing`,
  duplicates: (row) => `${row}.duplicate_of IS NOT NULL`,
  with_gaze: (row) => `${row}.pitch_rad IS NOT NULL`,
  with_keypoints: (row) => `${row}.visible_joints IS NOT NULL`,
  with_category: (row) => `${row}.category IS NOT NULL`,
} satisfies Record<string, (row: string) => string>;

const NAMES = Object.keys(COUNTED);
const CONDITIONS = Object.values(COUNTED);

/** Adds a row of images to the counts, or takes it out of them. */
const count = (row: 'OLD' | 'NEW', sign: '+' | '-'): string => `
  UPDATE image_counts
  SET ${NAMES.map((name, at) => `${name} = ${name} ${sign} (${CONDITIONS[at](row)})`).join(', ')}
  WHERE dataset_id = ${row}.dataset_id AND split = ${row}.split;`;

/** How many images of a dataset and split are what. Kept by the database itself: counting a million rows takes a second. */
export const imageCounts: Migration = {
  version: 8,
  name: 'counts of images',
  up(connection) {
    connection.execute(`
      CREATE TABLE image_counts (
        dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
        split TEXT NOT NULL,
        ${NAMES.map((name) => `${name} INTEGER NOT NULL DEFAULT 0,`).join('\n')}
        PRIMARY KEY (dataset_id, split)
      ) STRICT, WITHOUT ROWID;

      INSERT INTO image_counts (dataset_id, split, ${NAMES.join(', ')})
      SELECT datasets.id, splits.value, ${CONDITIONS.map((counts) => `coalesce(sum(${counts('images')}), 0)`).join(', ')}
      FROM datasets CROSS JOIN json_each('["train", "test"]') AS splits
      LEFT JOIN images ON images.dataset_id = datasets.id AND images.split = splits.value
      GROUP BY datasets.id, splits.value;

      CREATE TRIGGER datasets_are_counted AFTER INSERT ON datasets
      BEGIN INSERT INTO image_counts (dataset_id, split) VALUES (NEW.id, 'train'), (NEW.id, 'test'); END;

      CREATE TRIGGER images_counted_in AFTER INSERT ON images BEGIN ${count('NEW', '+')} END;
      CREATE TRIGGER images_counted_out AFTER DELETE ON images BEGIN ${count('OLD', '-')} END;
      CREATE TRIGGER images_counted_anew
      AFTER UPDATE OF dataset_id, split, excluded_reason, missing, duplicate_of, pitch_rad, visible_joints, category ON images
      BEGIN ${count('OLD', '-')} ${count('NEW', '+')} END;
    `);
  },
};
