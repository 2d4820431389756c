import { z } from 'zod';
import { gazeFromVector, type Annotation } from '../../contract/annotation.ts';
import { baseName, stemOf } from './folder.ts';
import { defineLabelFiles, nothingShared, withNameOptions, type NamedLabel } from './label-files.ts';
import { problemOf } from './label-document.ts';
import { eyePointsSchema, parseVector, readEyePoints } from './unityeyes-label.ts';

const fileSchema = z.looseObject({
  eye_details: z.looseObject({ look_vec: z.string().optional() }).optional(),
  cameras: z.record(z.string(), eyePointsSchema),
});

type CameraFile = z.output<typeof fileSchema>;

/**
 * UnityEyes 2 (2025): <n>.json for the pictures <n>_<camera>.jpg of several cameras. Points as in UnityEyes. The gaze is
 * that of the main camera, so it is read only where there is one camera; `ground_truth.gaze_vector` is not to be relied on.
 */
export const unityEyes2 = defineLabelFiles({
  id: 'unityeyes-2',
  title: 'UnityEyes 2',
  describes: 'Renders 1_<camera>.jpg … with 1.json: lid margin, caruncle and iris for each camera.',
  roles: ['synthetic'],
  optionsSchema: withNameOptions({}),
  certainty: 0.97,
  mayBe: (path) => /\.json$/i.test(path),
  share: nothingShared,
  async open(document) {
    if (!(await document.head()).includes('"cameras"'))
      return { refused: 'has no "cameras" as UnityEyes 2 has' };
    const parsed = fileSchema.safeParse(await document.json());
    if (!parsed.success) {
      return { refused: `is no label of UnityEyes 2 (${problemOf(parsed.error)})`, isClose: true };
    }
    const names = Object.keys(parsed.data.cameras);
    const stem = stemOf(baseName(document.path));
    return {
      what: `cameras ${names.join(', ')}`,
      labels: () => names.map((name) => labelOf(parsed.data, stem, name)),
    };
  },
});

function labelOf({ cameras, eye_details: eye }: CameraFile, stem: string, camera: string): NamedLabel {
  const isAlone = Object.keys(cameras).length === 1;
  return {
    names: [`${stem}_${camera}`, ...(isAlone ? [stem] : [])],
    annotations(size) {
      const points = readEyePoints(cameras[camera], size);
      if (!points) return { reason: 'nan-label', message: 'A number of the label is missing or not finite.' };
      const gaze = isAlone ? gazeOf(eye?.look_vec) : undefined;
      return gaze ? [gaze, points] : [points];
    },
    source: { camera, eye_details: eye },
  };
}

function gazeOf(text: string | undefined): Annotation | undefined {
  const [x, yUp, z3] = parseVector(text ?? '');
  return [x, yUp, z3].every(Number.isFinite) && Math.hypot(x, yUp, z3) > 0
    ? gazeFromVector(x, -yUp, z3)
    : undefined;
}
