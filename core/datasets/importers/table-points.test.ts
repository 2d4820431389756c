import { expect, it } from 'vitest';
import { findPoints } from './table-points.ts';

it.each([
  ['k10_x,k10_y,k2_x,k2_y,k2_v,k2_z_mm', ['k2 k2_x k2_y k2_v k2_z_mm', 'k10 k10_x k10_y - -']],
  ['x1,y1,x0,y0', ['0 x0 y0 - -', '1 x1 y1 - -']],
  ['u0,v0,d0', ['0 u0 v0 - d0']],
  ['left eye x,left eye y,nose-x,nose-y', ['left eye left eye x left eye y - -', 'nose nose-x nose-y - -']],
  ['leftX,leftY', ['left leftX leftY - -']],
  [
    'points.0.0,points.0.1,points.1.0,points.1.1',
    ['points.0 points.0.0 points.0.1 - -', 'points.1 points.1.0 points.1.1 - -'],
  ],
  ['keypoints.0,keypoints.1,keypoints.2', ['keypoints 0 keypoints.0 keypoints.1 keypoints.2 -']],
  // No points: a single axis, a gaze, a box, words that end in an axis.
  ['pupil_x,gaze_x,gaze_y,bbox_x,bbox_y,proxy,sex,day', []],
])('finds the points of %s', (header, expected) => {
  const found = findPoints(header.split(',')).map(({ name, x, y, v = '-', z = '-' }) =>
    [name, x, y, v, z].join(' '),
  );
  expect(found).toEqual(expected);
});
