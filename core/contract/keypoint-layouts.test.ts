import { describe, expect, test } from 'vitest';
import { keypointLayout } from './keypoint-layouts.ts';

describe('keypoint layouts', () => {
  test.each([
    ['hand-21', 21],
    ['hand-14', 14],
    ['eye-34', 34],
    ['unityeyes-55', 55],
  ])('%s names each of its %d points once, and its bones join them', (id, count) => {
    const { names, bones } = keypointLayout(id, count);
    expect(new Set(names).size).toBe(count);
    for (const [from, to] of bones) {
      expect(from).not.toBe(to);
      expect(names[from]).toBeDefined();
      expect(names[to]).toBeDefined();
    }
  });

  test.each(['hand-21', 'hand-14'])('the bones of %s reach every joint from one', (id) => {
    const { names, bones } = keypointLayout(id, 0);
    const reached = new Set([bones[0][0]]);
    let before = 0;
    while (reached.size > before) {
      before = reached.size;
      for (const [from, to] of bones) {
        if (reached.has(from)) reached.add(to);
        if (reached.has(to)) reached.add(from);
      }
    }
    expect(reached.size).toBe(names.length);
  });

  test('one that is not known has numbers for names', () => {
    expect(keypointLayout('feet', 2)).toMatchObject({ names: ['point-0', 'point-1'], bones: [] });
  });
});
