interface Counted {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

/** A bar in a box of 1 × 1, y down. */
interface Bar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The bars of two histograms of one column on the axis of the first, which covers the second: heights are images per
 * unit of the axis, so that bins of different widths compare, and the square root of that, so that what is rare is seen.
 */
export function histogramBars(
  all: Counted,
  shown: Counted | undefined,
): { readonly all: readonly Bar[]; readonly shown: readonly Bar[] } {
  const density = ({ from, to, counts }: Counted): number[] => {
    const width = (to - from) / counts.length;
    return counts.map((many) => many / (width > 0 ? width : 1));
  };
  const most = Math.max(1e-12, ...density(all), ...(shown ? density(shown) : []));
  const span = all.to - all.from;
  const bars = (histogram: Counted): Bar[] => {
    const wide = (histogram.to - histogram.from) / histogram.counts.length;
    return density(histogram).map((value, bin) => ({
      x: span > 0 ? (histogram.from + bin * wide - all.from) / span : 0,
      width: span > 0 ? Math.max(wide / span, 0.004) : 1,
      height: Math.sqrt(value / most),
    }));
  };
  return { all: bars(all), shown: shown ? bars(shown) : [] };
}
