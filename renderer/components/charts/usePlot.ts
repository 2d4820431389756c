import { useElementSize } from '@vueuse/core';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { computed, onBeforeUnmount, shallowRef, watch, type Ref } from 'vue';
import { digits } from '../../composables/format.ts';
import { placeAtOrBefore, type Curve, type ReferenceLine } from './curve.ts';
import { plotData, plotOptions, readColours } from './plot.ts';
import type { ChartGroup } from './useChartGroup.ts';
import { useTheme } from './useTheme.ts';

export interface Plotted {
  readonly curves: readonly Curve[];
  readonly references: readonly ReferenceLine[];
  /** In pixels. */
  readonly height: number;
}

/**
 * The drawing of a chart in an element, which follows its curves, its width, the theme and what its group shares.
 *
 * @param frame as wide as the plot, and there before it
 * @param isVisible whether it is in view; what cannot be seen is drawn when it is scrolled to
 * @param pick what a click on a step does
 */
export function usePlot(
  host: Readonly<Ref<HTMLElement | null>>,
  frame: Readonly<Ref<HTMLElement | null>>,
  plotted: () => Plotted,
  { group, isVisible, pick }: { group: ChartGroup; isVisible: Ref<boolean>; pick: (step: number) => void },
): void {
  const theme = useTheme();
  const { width } = useElementSize(frame);
  const plot = shallowRef<uPlot>();
  /** A plot is made anew when these change; data alone is only put in. */
  const shape = computed(() => {
    const { curves, references } = plotted();
    return JSON.stringify([
      curves.map(({ id, name, colour }) => [id, name, colour]),
      references,
      group.logarithmic.value,
      theme.value,
      host.value !== null,
    ]);
  });
  const data = () => plotData(plotted().curves, group.smoothing.value, group.logarithmic.value);

  function putCursor(step: number | null): void {
    const made = plot.value;
    if (!made) return;
    const place = step === null ? -1 : placeAtOrBefore(made.data[0] as number[], step);
    if (place < 0) made.setCursor({ left: -10, top: -10 }, false);
    else made.setCursor({ left: made.valToPos(made.data[0][place], 'x'), top: 0 }, false);
  }

  function applyRange(): void {
    const made = plot.value;
    const steps = made?.data[0];
    if (!made || !steps || steps.length === 0) return;
    const [min, max] = group.range.value ?? group.extent.value ?? [steps[0], steps[steps.length - 1]];
    made.setScale('x', { min, max: max > min ? max : min + 1 });
  }

  function make(): void {
    plot.value?.destroy();
    plot.value = undefined;
    if (!host.value || width.value === 0) return;
    const look = {
      ...plotted(),
      logarithmic: group.logarithmic.value,
      colours: readColours(host.value),
      width: width.value,
      format: digits,
    };
    plot.value = new uPlot(
      plotOptions(look, {
        hover: (step) => (group.cursor.value = step),
        pick,
        zoom: (from, to) => (group.range.value = [Math.round(from), Math.round(to)]),
        zoomOut: () => (group.range.value = null),
      }),
      data(),
      host.value,
    );
    applyRange();
    putCursor(group.cursor.value);
  }

  watch([shape, () => width.value > 0], make, { flush: 'post' });
  watch(width, (now) => now > 0 && plot.value?.setSize({ width: now, height: plotted().height }));
  watch([() => plotted().curves, group.smoothing, isVisible], () => {
    if (!plot.value || !isVisible.value) return;
    plot.value.setData(data(), false);
    applyRange();
    putCursor(group.cursor.value);
  });
  watch([group.range, group.extent], applyRange);
  watch(group.cursor, putCursor);
  onBeforeUnmount(() => plot.value?.destroy());
}
