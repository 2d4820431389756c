import { computed, shallowRef } from 'vue';
import {
  gazeFromAngles,
  gazeFromVector,
  type Annotation,
  type Gaze,
  type Keypoint,
  type Keypoints,
} from '../../../core/contract/annotation.ts';
import { keypointLayout } from '../../../core/contract/keypoint-layouts.ts';
import { gazeOrigin, gazeTip, gazeVectorToTip } from './geometry.ts';

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Something of a label that can be moved: the tip of the gaze arrow, or a keypoint by its index. */
export interface Handle {
  readonly of: 'gaze' | number;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly visibility: 0 | 1 | 2;
}

const DEGREE = Math.PI / 180;
const NUDGE_PX = 0.5;
/** Gaze cannot be nudged past this; see `gazeVectorToTip`. */
const MOST_PITCH = 88 * DEGREE;

/** A label being corrected by hand: what it was, what it is now, and the moves that change it. Nothing is saved here. */
export function useLabelEditor(stored: readonly Annotation[], size: Size) {
  const now = shallowRef<readonly Annotation[]>(stored);
  /** What it was before each move, the last one at the end. */
  const past = shallowRef<readonly (readonly Annotation[])[]>([]);
  let isNewMove = true;
  const keypoints = computed(() => now.value.find((annotation) => annotation.kind === 'keypoints'));
  const gaze = computed(() => now.value.find((annotation) => annotation.kind === 'gaze'));
  const origin = computed(() => gazeOrigin(keypoints.value, size));

  const handles = computed<readonly Handle[]>(() => {
    const tip = gaze.value && gazeTip(gaze.value, origin.value, size);
    const names =
      keypoints.value && keypointLayout(keypoints.value.layout, keypoints.value.points.length).names;
    return [
      ...(tip ? [{ of: 'gaze' as const, name: 'gaze', ...tip, visibility: 2 as const }] : []),
      ...(keypoints.value?.points.map((point, index) => ({
        of: index,
        name: names?.[index] ?? String(index),
        x: point.x,
        y: point.y,
        visibility: point.visibility,
      })) ?? []),
    ];
  });

  function become(changed: readonly Annotation[]): void {
    if (isNewMove) past.value = [...past.value, now.value];
    isNewMove = false;
    now.value = changed;
  }

  function put(changed: Gaze | Keypoints): void {
    become(now.value.map((annotation) => (annotation.kind === changed.kind ? changed : annotation)));
  }

  function changePoint(index: number, change: (point: Keypoint) => Keypoint): void {
    if (!keypoints.value) return;
    const points = keypoints.value.points.map((point, at) => (at === index ? change(point) : point));
    put({ ...keypoints.value, points });
  }

  /** Begins a move that `undo` takes back as one, however many drags it has. */
  function grab(): void {
    isNewMove = true;
  }

  function undo(): void {
    now.value = past.value.at(-1) ?? now.value;
    past.value = past.value.slice(0, -1);
  }

  /** Puts a handle at a place of the picture, in pixels of the stored image. A point without a label gets one. */
  function drag(of: Handle['of'], x: number, y: number): void {
    if (of !== 'gaze') {
      changePoint(of, (point) => ({
        ...point,
        x,
        y,
        visibility: point.visibility === 0 ? 2 : point.visibility,
      }));
    } else put(gazeFromVector(...gazeVectorToTip({ x, y }, origin.value, size)));
  }

  /** Moves a handle by steps of half a pixel, or turns the gaze by degrees. */
  function nudge(of: Handle['of'], right: number, down: number): void {
    grab();
    if (of !== 'gaze') {
      changePoint(of, (point) => ({
        ...point,
        x: point.x + right * NUDGE_PX,
        y: point.y + down * NUDGE_PX,
        visibility: point.visibility === 0 ? 2 : point.visibility,
      }));
    } else if (gaze.value) {
      const pitch = gaze.value.pitchRad - down * DEGREE;
      const bounded = Math.max(-MOST_PITCH, Math.min(MOST_PITCH, pitch));
      put(gazeFromAngles(bounded, gaze.value.yawRad - right * DEGREE));
    }
  }

  /** Visible, hidden, not labelled, and again. */
  function turnVisibility(of: Handle['of']): void {
    if (of === 'gaze') return;
    grab();
    const next = { 2: 1, 1: 0, 0: 2 } as const;
    changePoint(of, (point) => ({ ...point, visibility: next[point.visibility] }));
  }

  /** Back to what was stored: one handle, or all. */
  function reset(of?: Handle['of']): void {
    grab();
    if (of === undefined) become(stored);
    else if (of === 'gaze') {
      const before = stored.find((annotation) => annotation.kind === 'gaze');
      if (before) put(before);
    } else {
      const before = stored.find((annotation) => annotation.kind === 'keypoints')?.points[of];
      if (before) changePoint(of, () => before);
    }
  }

  return {
    now,
    handles,
    /** The labels that are not as they were stored. */
    changes: computed(() => now.value.filter((annotation, index) => annotation !== stored[index])),
    canUndo: computed(() => past.value.length > 0),
    undo,
    grab,
    drag,
    nudge,
    turnVisibility,
    reset,
  };
}
