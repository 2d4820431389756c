import { NO_ADJUSTMENT, type LabelAdjustment } from '../../../core/contract/label-adjustment.ts';

/** Everything that can be put right, by the word that stands for it in the address, in the order in which it is done. */
const FIXES = {
  degrees: { angles: 'degrees' },
  radians: { angles: 'radians' },
  shares: { shares: true },
  swap: { swap: true },
  'bottom-left': { origin: 'bottom-left' },
  middle: { origin: 'middle' },
  flipX: { flipX: true },
  flipY: { flipY: true },
  otherHand: { otherHand: true },
} as const satisfies Readonly<Record<string, Partial<LabelAdjustment>>>;

export type Fix = keyof typeof FIXES;

export const isFix = (word: string): word is Fix => Object.hasOwn(FIXES, word);

/** What an adjustment puts right. */
export function fixesOf(adjustment: LabelAdjustment): Fix[] {
  return Object.keys(FIXES)
    .filter(isFix)
    .filter((fix) => {
      const changes: Partial<LabelAdjustment> = FIXES[fix];
      return Object.entries(changes).every(
        ([name, value]) => name in adjustment && adjustment[name as keyof LabelAdjustment] === value,
      );
    });
}

/** The adjustment that puts all of these right. */
export function adjustmentOf(fixes: readonly Fix[]): LabelAdjustment {
  return fixes.reduce<LabelAdjustment>(
    (adjustment, fix) => ({ ...adjustment, ...FIXES[fix] }),
    NO_ADJUSTMENT,
  );
}
