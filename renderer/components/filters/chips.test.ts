import { expect, it } from 'vitest';
import { chipsOf } from './chips.ts';
import type { ImageFilter } from './imageSearch.ts';

const names = { dataset: (id: number) => `set ${id}`, keypointLayout: 'hand-21' };

const everything: ImageFilter = {
  role: 'real',
  datasetIds: [1, 2],
  split: 'test',
  annotationKind: 'gaze',
  categories: ['left'],
  tags: ['good', 'sharp'],
  excluded: false,
  missing: true,
  visibleJoint: 8,
  pathContains: 'p00',
  imageIds: [1, 2, 3],
  ranges: { yawRad: { from: -0.1745329, to: 0.1745329 }, widthPx: { from: 64 } },
};

it('says each part of a filter in words', () => {
  expect(chipsOf(everything, names).map(({ text }) => text)).toEqual([
    'Real',
    'set 1',
    'set 2',
    'Testing',
    'Gaze',
    'category left',
    'tag good',
    'tag sharp',
    'not excluded',
    'File missing',
    'index-4 visible',
    'path contains “p00”',
    '3 images picked on the map',
    'Yaw -10.0° to 10.0°',
    'Width 64 px to any',
  ]);
});

it('takes exactly one part away at a time, until nothing is left', () => {
  let filter = everything;
  for (let left = chipsOf(filter, names).length; left > 0; left -= 1) {
    const [chip] = chipsOf(filter, names);
    filter = chip?.without ?? filter;
    expect(chipsOf(filter, names)).toHaveLength(left - 1);
  }
  expect(filter).toEqual({});
});
