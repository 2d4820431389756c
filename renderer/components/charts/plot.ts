import uPlot from 'uplot';
import { smooth, type Curve, type ReferenceLine } from './curve.ts';

/** Told apart without colour. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3], [12, 4], [1, 2]];

export interface PlotColours {
  readonly series: readonly string[];
  readonly text: string;
  readonly grid: string;
  readonly reference: string;
}

/** The colours of the theme, as a canvas needs them. */
export function readColours(element: Element): PlotColours {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5, 6].map((place) => colour(`--series-${place}`)),
    text: colour('--text-muted'),
    grid: colour('--border'),
    reference: colour('--bad'),
  };
}

/** Per curve four columns: drawn line, raw readings behind a smoothed line, lower and upper end of its band. */
const COLUMNS = 4;

/** All curves over the steps that any of them has. On a logarithmic axis what is not above zero is left out. */
export function plotData(
  curves: readonly Curve[],
  smoothing: number,
  logarithmic: boolean,
): uPlot.AlignedData {
  const shown = (values: readonly (number | null)[]): (number | null)[] =>
    logarithmic ? values.map((value) => (value !== null && value > 0 ? value : null)) : [...values];
  const empty = [[]] as unknown as uPlot.AlignedData;
  if (curves.length === 0) return empty;
  return uPlot.join(
    curves.map(({ steps, mean, min, max }): uPlot.AlignedData => [
      [...steps],
      shown(smooth(mean, smoothing)),
      shown(smoothing > 0 ? mean : mean.map(() => null)),
      shown(min),
      shown(max),
    ]),
  );
}

function seriesOf(curve: Curve, colours: PlotColours): uPlot.Series[] {
  const stroke = colours.series[curve.colour % colours.series.length];
  const dash = [...DASHES[curve.colour % DASHES.length]];
  const hidden: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false }, spanGaps: true };
  return [
    { label: curve.name, stroke, width: 1.5, dash, spanGaps: true, points: { size: 4 } },
    { stroke: `${stroke}66`, width: 1, spanGaps: true, points: { show: false } },
    hidden,
    hidden,
  ];
}

/** What the plot tells; steps are those of the data. */
export interface PlotListener {
  readonly hover: (step: number | null) => void;
  readonly pick: (step: number) => void;
  readonly zoom: (from: number, to: number) => void;
  readonly zoomOut: () => void;
}

export interface PlotLook {
  readonly curves: readonly Curve[];
  readonly references: readonly ReferenceLine[];
  readonly logarithmic: boolean;
  readonly colours: PlotColours;
  readonly width: number;
  readonly height: number;
  readonly format: (value: number) => string;
}

/** uPlot has these as a constant enumeration, which modules that are compiled one by one cannot read. */
const DISTRIBUTIONS: { readonly linear: unknown; readonly logarithmic: unknown } = {
  linear: 1,
  logarithmic: 3,
};

/** The options of a plot with a band per curve, reference lines, and a cursor that is told and not only drawn. */
export function plotOptions(look: PlotLook, listener: PlotListener): uPlot.Options {
  const { curves, references, logarithmic, colours, format } = look;
  const axis: uPlot.Axis = {
    stroke: colours.text,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { stroke: colours.grid, width: 1, size: 4 },
    font: '11px system-ui, sans-serif',
  };
  return {
    width: look.width,
    height: look.height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    scales: {
      x: { time: false },
      y: {
        distr: DISTRIBUTIONS[logarithmic ? 'logarithmic' : 'linear'] as uPlot.Scale.Distr,
        range: (_plot, low: number | null, high: number | null) =>
          valueRange(low, high, references, logarithmic),
      },
    },
    series: [{}, ...curves.flatMap((curve) => seriesOf(curve, colours))],
    bands: curves.map((curve, place) => ({
      series: [1 + place * COLUMNS + 3, 1 + place * COLUMNS + 2],
      fill: `${colours.series[curve.colour % colours.series.length]}2e`,
    })),
    axes: [
      { ...axis, size: 28, space: 60, values: (_plot, ticks) => ticks.map((tick) => stepLabel(tick)) },
      {
        ...axis,
        size: 52,
        values: (_plot, ticks) => ticks.map((tick) => (tick === null ? '' : format(tick))),
      },
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, event } = plot.cursor;
          // Only what the user does; the cursor is also put where other charts have theirs.
          if (event) listener.hover(idx === null || idx === undefined ? null : plot.data[0][idx]);
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width > 4) listener.zoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: [(plot) => drawReferences(plot, references, colours, logarithmic)],
      ready: [
        (plot) => {
          plot.over.addEventListener('mouseleave', () => listener.hover(null));
          plot.over.addEventListener('dblclick', listener.zoomOut);
          plot.over.addEventListener('click', () => {
            const { idx } = plot.cursor;
            if (idx !== null && idx !== undefined) listener.pick(plot.data[0][idx]);
          });
        },
      ],
    },
  };
}

/** 1,000,000 steps are "1M" */
function stepLabel(step: number): string {
  const size = Math.abs(step);
  if (size >= 1e6) return `${Number((step / 1e6).toFixed(2))}M`;
  return size >= 1e4 ? `${Number((step / 1e3).toFixed(1))}k` : String(step);
}

/** From the lowest to the highest value with some room, references within reach included. */
function valueRange(
  low: number | null,
  high: number | null,
  references: readonly ReferenceLine[],
  logarithmic: boolean,
): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) {
    return logarithmic ? [0.1, 10] : [0, 1];
  }
  const span = high - low || Math.abs(high) || 1;
  const near = references
    .map(({ value }) => value)
    .filter((value) => value > low - 2 * span && value < high + 2 * span);
  const least = Math.min(low, ...near);
  const most = Math.max(high, ...near);
  if (logarithmic) return [Math.max(least, 1e-12) / 1.3, Math.max(most, 1e-12) * 1.3];
  const room = 0.06 * (most - least || Math.abs(most) || 1);
  // What is never negative does not get an axis that is.
  return [least >= 0 && least - room < 0 ? 0 : least - room, most + room];
}

function drawReferences(
  plot: uPlot,
  references: readonly ReferenceLine[],
  colours: PlotColours,
  logarithmic: boolean,
): void {
  const { ctx, bbox } = plot;
  for (const { name, value } of references) {
    if (logarithmic && value <= 0) continue;
    const y = plot.valToPos(value, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.save();
    ctx.strokeStyle = colours.reference;
    ctx.fillStyle = colours.text;
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'right';
    ctx.textBaseline = 'bottom';
    ctx.fillText(name, bbox.left + bbox.width - 4 * devicePixelRatio, y - 2 * devicePixelRatio);
    ctx.restore();
  }
}
