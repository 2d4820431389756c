import { join } from 'node:path';
import { z } from 'zod';
import { assertNever } from '../../base/assert.ts';
import { StudioError, messageOf } from '../../base/studio-error.ts';
import type { Annotation } from '../../contract/annotation.ts';
import type { ExportRecord } from './export-sample.ts';
import type { LabelFormat } from './label-format.ts';
import { readLines } from './text-file.ts';

const FILE = 'labels.jsonl';

const lineSchema = z.object({ file_name: z.string() });

/** JSON-lines: one object per image and line, all annotations whole. */
export const jsonlFormat: LabelFormat = {
  id: 'jsonl',
  title: 'JSON-lines',
  loses: {},
  async write({ records, create }) {
    const file = await create(FILE);
    for await (const record of records()) await file.write(`${JSON.stringify(lineOf(record))}\n`);
  },
  async *readImagePaths(folder, path, signal) {
    for await (const { line, number } of readLines(join(folder, path), signal)) {
      yield fileNameOf(line, `${path}, line ${number}`);
    }
  },
  loading: () => `import json
from PIL import Image
for line in open("labels.jsonl", encoding="utf-8"):
    sample = json.loads(line)
    image, labels = Image.open(sample["file_name"]), sample["annotations"]`,
};

function lineOf(record: ExportRecord): Record<string, unknown> {
  return {
    file_name: record.path,
    split: record.split,
    id: record.id,
    width_px: record.widthPx,
    height_px: record.heightPx,
    channels: record.channels,
    bit_depth: record.bitDepth,
    annotations: record.annotations.map(annotationOf),
    source_path: record.source.path,
    source_sha256: record.source.sha256,
    change_grey_levels: record.change.meanAbsGreyLevels,
    discriminator_score: record.change.discriminatorScore,
    drift_px: record.change.driftPx,
    alpha: record.change.alpha,
  };
}

function annotationOf(annotation: Annotation): Record<string, unknown> {
  const { kind } = annotation;
  switch (kind) {
    case 'gaze':
      return { kind, vector: annotation.vector, pitch_rad: annotation.pitchRad, yaw_rad: annotation.yawRad };
    case 'keypoints':
      return {
        kind,
        layout: annotation.layout,
        points: annotation.points.map(({ x, y, zMm, visibility }) => ({ x, y, z_mm: zMm, visibility })),
      };
    case 'category':
      return { kind, name: annotation.name };
    default:
      return assertNever(annotation);
  }
}

/** The `file_name` of a line of JSON. */
export function fileNameOf(line: string, place: string): string {
  try {
    return lineSchema.parse(JSON.parse(line)).file_name;
  } catch (error) {
    const what = error instanceof z.ZodError ? 'has no "file_name"' : messageOf(error);
    throw new StudioError('bad-input', `${place}: ${what}.`, {
      remedy: 'The file was changed after the export: export again.',
      cause: error,
    });
  }
}
