import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import type { Keypoints } from '../../contract/annotation.ts';
import { HAND_14 } from '../../contract/keypoint-layouts.ts';
import { squareAround } from '../pixels/depth.ts';
import { imageSize } from '../pixels/image-size.ts';
import { baseName, folderOf, isPicture, joinPath, walkFolder } from './folder.ts';
import type { ImportItem } from './import-item.ts';
import { defineImporter } from './importer.ts';

/** depth_<camera>_<frame>, and synthdepth of the same; frames count from 1. */
const NAME = /^(depth|synthdepth)_(\d)_(\d{7})\.png$/i;
const COORDINATES = 3;
const JOINTS = HAND_14.names.length;
/** The hand and some of what is around it, as the joints lie inside of the hand. */
const CROP = 1.5;

const optionsSchema = z.strictObject({
  /** Frames of this camera; 1 is the front view, which the paper takes. */
  camera: z.int().min(1).max(3).default(1),
  /** depth: as the sensor saw it. synthdepth: the rendered hand model. */
  pictures: z.enum(['depth', 'synthdepth']).default('depth'),
  /** hand: a square around the joints. whole: all of the picture. */
  crop: z.enum(['hand', 'whole']).default('hand'),
});

/**
 * NYU Hand Pose (Tompson et al. 2014): depth maps packed into green and blue, and a text file beside them with a line per
 * frame of camera 1: u, v in pixels and depth in mm of the 14 joints by which results on it are compared.
 */
export const nyuHand = defineImporter({
  id: 'nyu-hand',
  title: 'NYU Hand Pose',
  describes:
    'Depth maps depth_1_0000001.png … and a text file beside them with u v d of 14 joints, one line per frame.',
  roles: ['synthetic', 'real'],
  optionsSchema,
  async detect({ index: { root, pictures, others } }, { camera, pictures: kind }) {
    const named = pictures.filter((path) => NAME.test(baseName(path)));
    const none = { labelled: 0, files: [], refused: [] };
    if (named.length === 0) {
      return { ...none, confidence: 0, why: 'No image is named as NYU Hand Pose names them.' };
    }
    const folder = folderOf(named[0]);
    const texts = others.filter((path) => /\.txt$/i.test(path) && folderOf(path) === folder);
    const labels = await findLabels(root, texts);
    const share = named.length / pictures.length;
    const found = labels
      ? `${labels.path} has joints of ${labels.lines.length} frames.`
      : 'No file has joints.';
    const isWanted = (path: string): boolean => {
      const [, ofKind, ofCamera] = NAME.exec(baseName(path)) ?? [];
      return ofKind.toLowerCase() === kind && Number(ofCamera) === camera;
    };
    return {
      confidence: (labels ? 0.95 : 0.5) * share,
      labelled: labels && camera === 1 ? named.filter(isWanted).length : 0,
      why: `${named.length} of ${pictures.length} images are named as NYU Hand Pose names them. ${found}`,
      files: labels ? [labels.path] : [],
      refused: texts
        .filter((path) => path !== labels?.path)
        .map((path) => ({ path, why: `has no ${JOINTS * COORDINATES} numbers in its first line` })),
    };
  },
  async *read(root, options, signal) {
    for await (const { folder, files, problems } of walkFolder(root, signal)) {
      yield* problems;
      const texts = files.filter((file) => /\.txt$/i.test(file)).map((file) => joinPath(folder, file));
      const labels = await findLabels(root, texts);
      for (const file of files) {
        signal.throwIfAborted();
        const path = joinPath(folder, file);
        const [, kind, camera, frame] = NAME.exec(file) ?? [];
        if (kind === undefined) {
          if (isPicture(file)) yield { kind: 'skipped', path, ...OTHER_NAME };
          else if (path !== labels?.path) yield { kind: 'skipped', path, ...NO_PICTURE };
        } else if (kind.toLowerCase() === options.pictures && Number(camera) === options.camera) {
          yield await readFrame(root, path, labels, Number(frame), options);
        }
      }
    }
  },
});

const OTHER_NAME = {
  reason: 'image-without-label',
  message: 'Is not named as NYU Hand Pose names its images, as in depth_1_0000001.png.',
} as const;
const NO_PICTURE = { reason: 'not-a-picture', message: 'Is no image.' } as const;

interface Labels {
  readonly path: string;
  readonly lines: readonly string[];
}

async function readFrame(
  root: string,
  path: string,
  labels: Labels | undefined,
  frame: number,
  { crop, camera }: z.output<typeof optionsSchema>,
): Promise<ImportItem> {
  const source = { camera, frame };
  // The joints are those that camera 1 sees.
  if (!labels || camera !== 1) return { kind: 'image', path, annotations: [], source };
  const line = labels.lines.at(frame - 1);
  if (line === undefined) {
    const message = `${labels.path} ends before the line of frame ${frame}.`;
    return { kind: 'skipped', path, reason: 'image-without-label', message };
  }
  const at = { kind: 'skipped', path: labels.path, line: frame, picture: path } as const;
  const numbers = numbersOf(line);
  if (numbers.length !== JOINTS * COORDINATES) {
    const message = `Has ${numbers.length} numbers where ${JOINTS} joints have ${JOINTS * COORDINATES}.`;
    return { ...at, reason: 'bad-label', message };
  }
  if (!numbers.every(Number.isFinite)) {
    return { ...at, reason: 'nan-label', message: `A number of the joints of ${path} is not finite.` };
  }
  const label = keypointsOf(numbers);
  const image: ImportItem = { kind: 'image', path, annotations: [label], source };
  if (crop === 'whole') return image;
  try {
    return { ...image, crop: handCrop(label, await imageSize(join(root, path), path)) };
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { kind: 'skipped', path, reason: 'unreadable', message: error.message };
  }
}

function keypointsOf(numbers: readonly number[]): Keypoints {
  const points = HAND_14.names.map((_, joint): Keypoints['points'][number] => {
    const [x, y, zMm] = numbers.slice(joint * COORDINATES, (joint + 1) * COORDINATES);
    return { x, y, zMm, visibility: 2 };
  });
  return { kind: 'keypoints', layout: HAND_14.id, points };
}

function handCrop({ points }: Keypoints, size: { readonly widthPx: number; readonly heightPx: number }) {
  const [left, right] = ends(points.map(({ x }) => x));
  const [top, bottom] = ends(points.map(({ y }) => y));
  const side = CROP * Math.max(right - left, bottom - top);
  return squareAround((left + right) / 2, (top + bottom) / 2, side, size);
}

const ends = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/** The text file whose first line has as many numbers as the joints of a frame. */
async function findLabels(root: string, texts: readonly string[]): Promise<Labels | undefined> {
  for (const path of texts) {
    const text = await readText(join(root, path));
    const lines = text.split(/\r?\n/);
    if (numbersOf(lines[0]).length !== JOINTS * COORDINATES) continue;
    return { path, lines: lines.at(-1) === '' ? lines.slice(0, -1) : lines };
  }
  return undefined;
}

const MOST_BYTES = 256 * 1024 * 1024;

async function readText(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    return (await handle.stat()).size > MOST_BYTES ? '' : await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

const numbersOf = (line: string): number[] =>
  line.trim() === ''
    ? []
    : line
        .trim()
        .split(/[\s,;]+/)
        .map(Number);
