import type { Connection } from './connection.ts';

export interface RefinedImage {
  /** The synthetic image that it was made of. */
  readonly imageId: number;
  /** Relative to the library. */
  readonly path: string;
  /** Mean |x̃ − x|, in grey levels. */
  readonly meanAbsChange: number;
  /** D(x̃): the probability of being refined, mean over the patches. */
  readonly discriminatorScore: number;
  /** How far picture and label moved apart; null where it was not measured. */
  readonly driftPx: number | null;
  readonly sha256: string;
  /** The realism dial: x + α(R(x) − x). */
  readonly alpha: number;
}

interface Spread {
  readonly mean: number;
  readonly median: number;
  readonly percentile95: number;
}

export interface RefinedStatistics {
  readonly count: number;
  /** Null where no image has a value. */
  readonly meanAbsChange: Spread | null;
  readonly discriminatorScore: Spread | null;
  readonly driftPx: Spread | null;
  /** Images whose drift was measured. */
  readonly withDrift: number;
}

/** Yaw and pitch are those of the synthetic image's label. */
export interface RefinedSort {
  readonly by: 'id' | 'drift' | 'change' | 'score' | 'yaw' | 'pitch';
  readonly descending: boolean;
}

export interface RefinedImages {
  /** Records images of a checkpoint in one transaction; an image that was recorded before is replaced. */
  record(runId: number, step: number, refined: readonly RefinedImage[]): void;
  get(runId: number, step: number, imageId: number): RefinedImage | undefined;
  /** In the order given; images that the checkpoint has not refined are left out. */
  getMany(runId: number, step: number, imageIds: readonly number[]): RefinedImage[];
  count(runId: number, step: number): number;
  /** The images of a checkpoint in the order asked for, those without a value last. */
  sortedIds(runId: number, step: number, sort: RefinedSort): number[];
  /** Which of these images were refined by the checkpoint already. For going on after an interruption. */
  done(runId: number, step: number, imageIds: readonly number[]): Set<number>;
  /** In order of the image's id, read in pages; writing meanwhile is allowed. */
  all(runId: number, step: number): Generator<RefinedImage>;
  /** Steps of the run's checkpoints that refined anything, ascending. */
  steps(runId: number): number[];
  /** Sets the dial of all images of a checkpoint; what was measured of them at another one no longer holds. */
  setAlpha(runId: number, step: number, alpha: number): void;
  setDrift(runId: number, step: number, drifts: readonly { imageId: number; driftPx: number }[]): void;
  statistics(runId: number, step: number): RefinedStatistics;
  /** How many drifted further than a budget. */
  countOverDrift(runId: number, step: number, budgetPx: number): number;
  /** Forgets what checkpoints after a step refined; the files are the caller's. */
  truncateAfter(runId: number, step: number): void;
}

const COLUMNS = `image_id AS imageId, path, mean_abs_change AS meanAbsChange,
  discriminator_score AS discriminatorScore, drift_px AS driftPx, sha256, alpha`;

const SORT_COLUMNS: Record<RefinedSort['by'], string> = {
  id: 'image_id',
  drift: 'drift_px',
  change: 'mean_abs_change',
  score: 'discriminator_score',
  yaw: 'yaw_rad',
  pitch: 'pitch_rad',
};

const PAGE_SIZE = 1_000;

export function refinedImageTable(connection: Connection): RefinedImages {
  const upsert = connection.prepare<
    [number, number, number, string, number, number, number | null, string, number]
  >(
    `INSERT INTO refined_images
       (run_id, step, image_id, path, mean_abs_change, discriminator_score, drift_px, sha256, alpha)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, step, image_id) DO UPDATE SET
       path = excluded.path, mean_abs_change = excluded.mean_abs_change,
       discriminator_score = excluded.discriminator_score, drift_px = excluded.drift_px,
       sha256 = excluded.sha256, alpha = excluded.alpha`,
  );
  const one = connection.prepare<[number, number, number], RefinedImage>(
    `SELECT ${COLUMNS} FROM refined_images WHERE run_id = ? AND step = ? AND image_id = ?`,
  );
  const many = connection.prepare<[number, number, string], RefinedImage>(
    `SELECT ${COLUMNS} FROM refined_images
     WHERE run_id = ? AND step = ? AND image_id IN (SELECT value FROM json_each(?))`,
  );
  const count = connection.prepare<[number, number], { count: number }>(
    'SELECT count(*) AS count FROM refined_images WHERE run_id = ? AND step = ?',
  );
  const done = connection.prepare<[number, number, string], { imageId: number }>(
    `SELECT image_id AS imageId FROM refined_images
     WHERE run_id = ? AND step = ? AND image_id IN (SELECT value FROM json_each(?))`,
  );
  const page = connection.prepare<[number, number, number], RefinedImage>(
    `SELECT ${COLUMNS} FROM refined_images WHERE run_id = ? AND step = ? AND image_id > ?
     ORDER BY image_id LIMIT ${PAGE_SIZE}`,
  );
  const steps = connection.prepare<[number], { step: number }>(
    'SELECT DISTINCT step FROM refined_images WHERE run_id = ? ORDER BY step',
  );
  const setDrift = connection.prepare<[number, number, number, number]>(
    'UPDATE refined_images SET drift_px = ? WHERE run_id = ? AND step = ? AND image_id = ?',
  );
  const setAlpha = connection.prepare<[number, number, number]>(
    'UPDATE refined_images SET alpha = ?, drift_px = NULL WHERE run_id = ? AND step = ?',
  );
  const overDrift = connection.prepare<[number, number, number], { count: number }>(
    'SELECT count(*) AS count FROM refined_images WHERE run_id = ? AND step = ? AND drift_px > ?',
  );
  const spreads = connection.prepare<
    [number, number],
    {
      count: number;
      withDrift: number;
      changeMean: number | null;
      changeMedian: number;
      change95: number;
      scoreMean: number | null;
      scoreMedian: number;
      score95: number;
      driftMean: number | null;
      driftMedian: number;
      drift95: number;
    }
  >(
    `SELECT count(*) AS count, count(drift_px) AS withDrift,
       avg(mean_abs_change) AS changeMean, percentile(mean_abs_change, 50) AS changeMedian,
       percentile(mean_abs_change, 95) AS change95,
       avg(discriminator_score) AS scoreMean, percentile(discriminator_score, 50) AS scoreMedian,
       percentile(discriminator_score, 95) AS score95,
       avg(drift_px) AS driftMean, percentile(drift_px, 50) AS driftMedian, percentile(drift_px, 95) AS drift95
     FROM refined_images WHERE run_id = ? AND step = ?`,
  );

  const truncate = connection.prepare<[number, number]>(
    'DELETE FROM refined_images WHERE run_id = ? AND step > ?',
  );

  return {
    record: (runId, step, refined) =>
      connection.transaction(() => {
        for (const image of refined) {
          upsert.run(
            runId,
            step,
            image.imageId,
            image.path,
            image.meanAbsChange,
            image.discriminatorScore,
            image.driftPx,
            image.sha256,
            image.alpha,
          );
        }
      }),
    get: (runId, step, imageId) => one.get(runId, step, imageId),
    getMany(runId, step, imageIds) {
      const found = new Map(
        many.all(runId, step, JSON.stringify(imageIds)).map((image) => [image.imageId, image]),
      );
      return imageIds.flatMap((id) => found.get(id) ?? []);
    },
    sortedIds(runId, step, { by, descending }) {
      const column = SORT_COLUMNS[by];
      const ofLabel = by === 'yaw' || by === 'pitch';
      const direction = descending ? 'DESC' : 'ASC';
      // One row of JSON: a million rows of their own would take many times as long to make.
      const statement = connection.prepare<[number, number], { ids: string }>(
        `SELECT json_group_array(image_id ORDER BY ${column} IS NULL, ${column} ${direction}, image_id) AS ids
         FROM refined_images ${ofLabel ? 'JOIN images ON images.id = image_id' : ''} WHERE run_id = ? AND step = ?`,
      );
      return JSON.parse(statement.get(runId, step)?.ids ?? '[]') as number[];
    },
    count: (runId, step) => count.get(runId, step)?.count ?? 0,
    done: (runId, step, imageIds) =>
      new Set(done.all(runId, step, JSON.stringify(imageIds)).map((row) => row.imageId)),
    *all(runId, step) {
      for (let after = 0; ;) {
        const rows = page.all(runId, step, after);
        yield* rows;
        if (rows.length < PAGE_SIZE) return;
        after = rows[rows.length - 1].imageId;
      }
    },
    steps: (runId) => steps.all(runId).map((row) => row.step),
    setAlpha: (runId, step, alpha) => void setAlpha.run(alpha, runId, step),
    setDrift: (runId, step, drifts) =>
      connection.transaction(() => {
        for (const { imageId, driftPx } of drifts) setDrift.run(driftPx, runId, step, imageId);
      }),
    statistics(runId, step) {
      const row = spreads.get(runId, step);
      const spread = (mean: number | null, median: number, percentile95: number): Spread | null =>
        mean === null ? null : { mean, median, percentile95 };
      return {
        count: row?.count ?? 0,
        withDrift: row?.withDrift ?? 0,
        meanAbsChange: row ? spread(row.changeMean, row.changeMedian, row.change95) : null,
        discriminatorScore: row ? spread(row.scoreMean, row.scoreMedian, row.score95) : null,
        driftPx: row ? spread(row.driftMean, row.driftMedian, row.drift95) : null,
      };
    },
    countOverDrift: (runId, step, budgetPx) => overDrift.get(runId, step, budgetPx)?.count ?? 0,
    truncateAfter: (runId, step) => void truncate.run(runId, step),
  };
}
