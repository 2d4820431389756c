import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import { z } from 'zod';
import { StudioError, messageOf, systemCodeOf } from '../../base/studio-error.ts';
import type { Keypoints } from '../../contract/annotation.ts';
import type { ExportRecord } from './export-sample.ts';
import { objectsOf, type LabelFormat, type LabelledObject, type LabelSummary } from './label-format.ts';

const FILE = 'labels.csv';

type Cell = string | number | null | undefined;
type Row = Record<string, Cell>;

const rowSchema = z.object({ file_name: z.string() });

/**
 * CSV (RFC 4180, lines end with a line feed): one row per image, or one per object where an image has several
 * annotations of a kind. Columns of labels that no image has are left out.
 */
export const csvFormat: LabelFormat = {
  id: 'csv',
  title: 'CSV table',
  loses: { keypoints: 'names and bones of the points: the columns are numbered (README.md lists the names)' },
  async write({ records, create, summary }) {
    const file = await create(FILE);
    const rows = async function* (): AsyncGenerator<Row> {
      for await (const record of records()) yield* rowsOf(record);
    };
    const table = stringify({ header: true, columns: columnsOf(summary) });
    await pipeline(Readable.from(rows()), table, async (text: AsyncIterable<Buffer | string>) => {
      for await (const piece of text) await file.write(piece.toString());
    });
  },
  async *readImagePaths(folder, path, signal) {
    const table = parse({ columns: true });
    // Errors of the file reach the loop below through the table, which the pipeline destroys with them.
    const reading = pipeline(createReadStream(join(folder, path)), table).catch(() => undefined);
    try {
      let last: string | undefined;
      for await (const row of table as AsyncIterable<unknown>) {
        signal?.throwIfAborted();
        const { file_name: fileName } = rowSchema.parse(row);
        if (fileName !== last) yield fileName;
        last = fileName;
      }
    } catch (error) {
      if (signal?.aborted || systemCodeOf(error) === 'ENOENT') throw error;
      const what = error instanceof z.ZodError ? 'has no column "file_name"' : messageOf(error);
      throw new StudioError('bad-input', `${path}: ${what}.`, {
        remedy: 'The file was changed after the export: export again.',
        cause: error,
      });
    } finally {
      await reading;
    }
  },
  loading: () => `import csv
from PIL import Image
for row in csv.DictReader(open("labels.csv", encoding="utf-8", newline="")):
    image = Image.open(row["file_name"])`,
};

const GAZE_COLUMNS = ['gaze_x', 'gaze_y', 'gaze_z', 'pitch_rad', 'yaw_rad'];

function columnsOf(summary: LabelSummary): string[] {
  const { annotations, mostPoints, hasDepth } = summary;
  const axes = hasDepth ? ['x', 'y', 'v', 'z_mm'] : ['x', 'y', 'v'];
  return [
    'file_name',
    'split',
    'id',
    'width_px',
    'height_px',
    ...(annotations.gaze > 0 ? GAZE_COLUMNS : []),
    ...(annotations.category > 0 ? ['category'] : []),
    ...(annotations.keypoints > 0 ? ['keypoint_layout'] : []),
    ...Array.from({ length: mostPoints }, (_, index) => axes.map((axis) => `k${index}_${axis}`)).flat(),
    'source_path',
    'source_sha256',
    'change_grey_levels',
    'discriminator_score',
    'drift_px',
    'alpha',
  ];
}

function rowsOf(record: ExportRecord): Row[] {
  const objects = objectsOf(record.annotations);
  return (objects.length > 0 ? objects : [{}]).map((object) => rowOf(record, object));
}

function rowOf(record: ExportRecord, { gaze, keypoints, category }: LabelledObject): Row {
  const { source, change } = record;
  return {
    file_name: record.path,
    split: record.split,
    id: record.id,
    width_px: record.widthPx,
    height_px: record.heightPx,
    gaze_x: gaze?.vector[0],
    gaze_y: gaze?.vector[1],
    gaze_z: gaze?.vector[2],
    pitch_rad: gaze?.pitchRad,
    yaw_rad: gaze?.yawRad,
    category: category?.name,
    keypoint_layout: keypoints?.layout,
    ...pointCells(keypoints),
    source_path: source.path,
    source_sha256: source.sha256,
    change_grey_levels: change.meanAbsGreyLevels,
    discriminator_score: change.discriminatorScore,
    drift_px: change.driftPx,
    alpha: change.alpha,
  };
}

function pointCells(keypoints: Keypoints | undefined): Row {
  const cells: Row = {};
  for (const [index, point] of (keypoints?.points ?? []).entries()) {
    cells[`k${index}_x`] = point.x;
    cells[`k${index}_y`] = point.y;
    cells[`k${index}_v`] = point.visibility;
    cells[`k${index}_z_mm`] = point.zMm;
  }
  return cells;
}
