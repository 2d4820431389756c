import { describe, expect, it } from 'vitest';
import { labelAdjustmentSchema, NO_ADJUSTMENT } from '../../../core/contract/label-adjustment.ts';
import { adjustmentOf, fixesOf, isFix } from './fixes.ts';

describe('what is put right', () => {
  it('comes back from its words as it was', () => {
    const angles = labelAdjustmentSchema.shape.angles.options;
    const origins = labelAdjustmentSchema.shape.origin.options;
    for (const [index, unit] of angles.entries()) {
      const adjustment = {
        ...{ angles: unit, origin: origins[index], shares: index === 1, swap: index > 0 },
        ...{ flipX: index === 2, flipY: index === 0, otherHand: index === 1 },
      };
      expect(adjustmentOf(fixesOf(adjustment))).toEqual(adjustment);
    }
  });

  it('is nothing at first, and of an address only what is known', () => {
    expect(fixesOf(NO_ADJUSTMENT)).toEqual([]);
    expect(adjustmentOf(['flipX', 'toString', 'upside-down'].filter(isFix))).toEqual({
      ...NO_ADJUSTMENT,
      flipX: true,
    });
  });
});
