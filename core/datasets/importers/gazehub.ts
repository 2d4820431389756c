import { z } from 'zod';
import { gazeFromAngles, gazeFromVector, type Gaze } from '../../contract/annotation.ts';
import { columnKey } from './table-columns.ts';
import { defineLabelFiles, nothingShared, withNameOptions, type NamedLabel } from './label-files.ts';
import type { LabelDocument } from './label-document.ts';

const optionsSchema = withNameOptions({
  /** Which crops get the label; those that are in the folder where left out. */
  pictures: z.enum(['face', 'left', 'right']).optional(),
});

type Crop = 'face' | 'left' | 'right';

const CROPS: readonly Crop[] = ['face', 'left', 'right'];

/**
 * GazeHub (phi-ai.buaa.edu.cn/Gazehub): p00.label … with a header line and fields by single spaces: the crops of face,
 * left and right eye, and the gaze as a vector (3DGaze, camera frame) and as yaw, pitch in radians (2DGaze).
 */
export const gazeHub = defineLabelFiles({
  id: 'gazehub',
  title: 'GazeHub',
  describes: 'Label/*.label with crops of faces and eyes in Image/: gaze.',
  roles: ['synthetic', 'real'],
  optionsSchema,
  certainty: 0.97,
  mayBe: (path) => /\.(?:label|txt)$/i.test(path),
  share: nothingShared,
  async open(document, { pictures }) {
    const [head = ''] = (await document.head()).split(/\r\n|\n|\r/, 1);
    const fields = head.trim().split(/\s+/).map(columnKey);
    const hasGaze = fields.includes('3dgaze') || fields.includes('2dgaze');
    const crops = CROPS.filter((crop) => fields.includes(crop));
    if (!hasGaze || crops.length === 0)
      return { refused: 'has no header line with Face, Left or Right and 3DGaze or 2DGaze' };
    const wanted = pictures === undefined ? crops : crops.filter((crop) => crop === pictures);
    return {
      what: `gaze of ${wanted.join(', ')} from ${fields.includes('3dgaze') ? '3DGaze' : '2DGaze (yaw, pitch)'}`,
      labels: () => labelsOf(document, fields, wanted),
    };
  },
});

async function* labelsOf(document: LabelDocument, fields: readonly string[], crops: readonly Crop[]) {
  const lines = (await document.text()).split(/\r\n|\n|\r/);
  for (const [place, text] of lines.entries()) {
    if (place === 0 || text.trim() === '') continue;
    const line = place + 1;
    const cells = text.trim().split(/\s+/);
    const names = crops.map((crop) => cells[fields.indexOf(crop)] ?? '').filter((name) => name !== '');
    const gaze = gazeOf(cells, fields);
    for (const name of names) {
      yield gaze
        ? ({ names: [name], line, annotations: [gaze] } satisfies NamedLabel)
        : ({ names: [name], line, reason: 'nan-label', message: 'Its gaze is not finite.' } as const);
    }
    if (names.length === 0)
      yield { names: [], line, reason: 'label-without-image', message: 'Names no image.' } as const;
  }
}

function gazeOf(cells: readonly string[], fields: readonly string[]): Gaze | undefined {
  const numbers = (field: string): number[] => (cells[fields.indexOf(field)] ?? '').split(',').map(Number);
  const [x, y, z3] = fields.includes('3dgaze') ? numbers('3dgaze') : [];
  const isVector = [x, y, z3].every(Number.isFinite) && Math.hypot(x, y, z3) > 0;
  if (isVector) return gazeFromVector(x, y, z3);
  const [yawRad, pitchRad] = fields.includes('2dgaze') ? numbers('2dgaze') : [];
  return Number.isFinite(yawRad) && Number.isFinite(pitchRad) ? gazeFromAngles(pitchRad, yawRad) : undefined;
}
