import type { Keypoint } from '../../contract/annotation.ts';
import { defineLabelFiles, nothingShared, withNameOptions, type NamedLabel } from './label-files.ts';
import type { LabelDocument } from './label-document.ts';
import { readLines } from './text-source.ts';

const JOINTS = 16;
const COORDINATES = 3;

/**
 * ICVL Hand Posture (Tang et al. 2014): labels.txt with a line for each depth map (16-bit grey, millimetres): its path and
 * u, v in pixels and depth in millimetres of 16 joints, palm first, then thumb to little finger from root to tip.
 */
export const icvlHand = defineLabelFiles({
  id: 'icvl-hand',
  title: 'ICVL hands',
  describes: 'labels.txt with the path of a depth map and u v d of 16 joints in each line.',
  roles: ['synthetic', 'real'],
  optionsSchema: withNameOptions({}),
  certainty: 0.97,
  mayBe: (path) => /\.txt$/i.test(path),
  share: nothingShared,
  async open(document) {
    for await (const line of readLines(document.absolutePath, 'utf-8')) {
      if (line.trim() === '') continue;
      const { name, numbers } = fieldsOf(line);
      if (name === '' || numbers.length !== JOINTS * COORDINATES || !numbers.every(Number.isFinite)) break;
      return { what: '16 joints of hands', labels: () => labelsOf(document) };
    }
    return { refused: `has no lines of a path and ${JOINTS * COORDINATES} numbers` };
  },
});

function fieldsOf(line: string): { name: string; numbers: number[] } {
  const fields = line.trim().split(/\s+/);
  // A path may hold spaces: the numbers are counted from the end.
  const numbers = fields.slice(-JOINTS * COORDINATES);
  return { name: fields.slice(0, -JOINTS * COORDINATES).join(' '), numbers: numbers.map(Number) };
}

async function* labelsOf({ absolutePath }: LabelDocument) {
  let line = 0;
  for await (const text of readLines(absolutePath, 'utf-8')) {
    line += 1;
    if (text.trim() !== '') yield labelOf(text, line);
  }
}

function labelOf(text: string, line: number) {
  const { name, numbers } = fieldsOf(text);
  if (name === '') {
    const message = `Has fewer than a path and ${JOINTS * COORDINATES} numbers.`;
    return { names: [], line, reason: 'bad-label', message } as const;
  }
  const points = Array.from({ length: JOINTS }, (_, joint): Keypoint => {
    const [x, y, zMm] = numbers.slice(joint * COORDINATES, (joint + 1) * COORDINATES);
    return [x, y, zMm].every(Number.isFinite) ? { x, y, zMm, visibility: 2 } : { x: 0, y: 0, visibility: 0 };
  });
  const annotations = [{ kind: 'keypoints', layout: `points-${JOINTS}`, points }] as const;
  return { names: [name], line, annotations } satisfies NamedLabel;
}
