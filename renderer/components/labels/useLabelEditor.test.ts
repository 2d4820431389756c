import { describe, expect, it } from 'vitest';
import { gazeFromAngles, type Keypoints } from '../../../core/contract/annotation.ts';
import { useLabelEditor } from './useLabelEditor.ts';

const size = { widthPx: 60, heightPx: 36 };
const gaze = gazeFromAngles(0.1, -0.2);
const hand: Keypoints = {
  kind: 'keypoints',
  layout: 'hand-21',
  points: Array.from({ length: 21 }, (_, index) => ({ x: index, y: index, zMm: 700, visibility: 2 })),
};

describe('correcting a label', () => {
  it('moves one point and keeps the rest, its depth too', () => {
    const editor = useLabelEditor([hand], size);
    editor.drag(8, 30.5, 12);
    const [changed] = editor.changes.value;
    if (changed?.kind !== 'keypoints') throw new Error('Keypoints should have changed.');
    expect(changed.points[8]).toEqual({ x: 30.5, y: 12, zMm: 700, visibility: 2 });
    expect(changed.points.filter((point, index) => point !== hand.points[index])).toHaveLength(1);
    expect(hand.points[8]?.x).toBe(8);
  });

  it('turns the arrow to where its tip is dragged', () => {
    const editor = useLabelEditor([gaze], size);
    editor.drag('gaze', 15, 18);
    const [changed] = editor.changes.value;
    if (changed?.kind !== 'gaze') throw new Error('The gaze should have changed.');
    expect(changed.pitchRad).toBeCloseTo(0);
    expect((changed.yawRad * 180) / Math.PI).toBeCloseTo(30);
    expect(editor.handles.value[0]).toMatchObject({ x: 15, y: 18 });
  });

  it('takes moves back one by one, a drag as a whole', () => {
    const editor = useLabelEditor([gaze], size);
    // A press that moves nothing is no move.
    editor.grab();
    expect(editor.canUndo.value).toBe(false);
    editor.grab();
    editor.drag('gaze', 15, 18);
    editor.drag('gaze', 12, 18);
    const [dragged] = editor.now.value;
    editor.nudge('gaze', 1, 0);
    editor.undo();
    expect(editor.now.value).toEqual([dragged]);
    editor.undo();
    expect(editor.now.value).toEqual([gaze]);
    expect(editor.canUndo.value).toBe(false);
    editor.undo();
    expect(editor.changes.value).toEqual([]);
  });

  it('turns by degrees with keys: right is a smaller yaw, up a larger pitch', () => {
    const editor = useLabelEditor([gaze], size);
    editor.nudge('gaze', 1, -1);
    const [changed] = editor.changes.value;
    if (changed?.kind !== 'gaze') throw new Error('The gaze should have changed.');
    expect(changed.yawRad).toBeCloseTo(gaze.yawRad - Math.PI / 180);
    expect(changed.pitchRad).toBeCloseTo(gaze.pitchRad + Math.PI / 180);
    for (let step = 0; step < 200; step += 1) editor.nudge('gaze', 0, -1);
    expect(editor.handles.value.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
  });

  it('goes through visibilities, and labels a point that is moved', () => {
    const editor = useLabelEditor([hand], size);
    const visibility = () => editor.handles.value[3]?.visibility;
    const seen = [0, 1, 2].map(() => {
      editor.turnVisibility(3);
      return visibility();
    });
    expect(seen).toEqual([1, 0, 2]);
    editor.turnVisibility(3);
    editor.turnVisibility(3);
    editor.nudge(3, 1, 0);
    expect(visibility()).toBe(2);
  });

  it('goes back: one point, or all', () => {
    const editor = useLabelEditor([gaze, hand], size);
    editor.drag('gaze', 10, 10);
    editor.nudge(2, 4, 4);
    editor.nudge(5, 4, 4);
    editor.reset(2);
    expect(editor.handles.value.find(({ of }) => of === 2)).toMatchObject({ x: 2, y: 2 });
    editor.reset();
    expect(editor.changes.value).toEqual([]);
  });
});
