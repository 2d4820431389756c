import { inject, provide, ref, type InjectionKey, type Ref } from 'vue';
import type { StepRange } from './curve.ts';

/** What charts over the same steps share. */
export interface ChartGroup {
  /** Where the pointer or the keyboard is; null: nowhere, the newest readings are shown. */
  readonly cursor: Ref<number | null>;
  /** What is zoomed into; null: everything. */
  readonly range: Ref<StepRange>;
  /** Everything; null: as far as a chart has readings. */
  readonly extent: Ref<StepRange>;
  /** 0 to 0.99 */
  readonly smoothing: Ref<number>;
  readonly logarithmic: Ref<boolean>;
}

const key: InjectionKey<ChartGroup> = Symbol('chart group');

const createChartGroup = (): ChartGroup => ({
  cursor: ref(null),
  range: ref(null),
  extent: ref(null),
  smoothing: ref(0),
  logarithmic: ref(false),
});

/** Makes a group for all charts below. */
export function provideChartGroup(): ChartGroup {
  const group = createChartGroup();
  provide(key, group);
  return group;
}

/** The group that a chart is in; one of its own where there is none. */
export function useChartGroup(): ChartGroup {
  return inject(key, createChartGroup, true);
}
