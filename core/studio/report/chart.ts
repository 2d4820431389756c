import { linearAxis, logarithmicAxis, type Axis } from './axis.ts';
import type { PreparedCurve, PreparedSeries } from './curve.ts';
import type { Point } from './down-sample.ts';
import { html, type Html } from './html.ts';
import { formatCount, formatNumber } from './numbers.ts';
import { DASHES, LIGHT } from './palette.ts';

const WANTED_TICKS = 4;

/** Side of the square in which curves are drawn before they are stretched over the plot. */
const DRAWING = 1000;

/** The axis of values that holds every point and the reference; undefined where there is nothing to draw. */
export function valueAxis(curve: PreparedCurve): Axis | undefined {
  const extents = curve.series.flatMap(({ extent }) => extent ?? []);
  if (extents.length === 0) return undefined;
  const values = extents.flatMap(({ lowest, highest }) => [lowest[1], highest[1]]);
  if (curve.reference) values.push(curve.reference.value);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  return curve.logarithmic ? logarithmicAxis(lowest, highest) : linearAxis(lowest, highest, WANTED_TICKS);
}

/**
 * The plot as SVG of any width: places are shares of it, so that text keeps its size and only curves stretch. The
 * gutters for labels are the page's margins around it. `id` names its description; `titleId` the heading that names it.
 */
export function renderPlot(
  curve: PreparedCurve,
  values: Axis,
  steps: Axis,
  id: string,
  titleId: string,
): Html {
  return html`<svg class="plot" role="img" aria-labelledby="${titleId}" aria-describedby="${id}">
    <desc id="${id}">${describe(curve, steps)}</desc>
    ${renderGrid(values, steps)}${curve.reference && renderReference(curve.reference.value, values)}<svg
      class="lines"
      viewBox="0 0 ${DRAWING} ${DRAWING}"
      preserveAspectRatio="none"
      width="100%"
      height="100%"
    >
      ${renderLines(curve.series, values, steps)}
    </svg>
    ${curve.series.map((series, index) => renderDots(series, index, values, steps))}
  </svg> `;
}

/** The short line that stands for a series in the legend. */
export function renderKey(index: number): Html {
  return html`<svg class="key" viewBox="0 0 32 8" aria-hidden="true">
    <path class="${seriesClass(index)}" stroke-dasharray="${dashOf(index)}" d="M0 4H32" />
  </svg>`;
}

/** The line that stands for the reference in the legend. */
export function renderReferenceKey(): Html {
  return html`<svg class="key" viewBox="0 0 32 8" aria-hidden="true">
    <path class="reference" d="M0 4H32" />
  </svg>`;
}

/** A place as percent of the plot: from the left, or from the top for values. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

function seriesClass(index: number): string {
  return `series s${index % LIGHT.series.length}`;
}

function dashOf(index: number): string {
  return DASHES[index % DASHES.length] || 'none';
}

function renderGrid(values: Axis, steps: Axis): Html {
  const pretraining = Math.min(1, Math.max(0, steps.place(0)));
  return html`${
      pretraining > 0
        ? html`<rect class="pretraining" width="${percent(pretraining)}" height="100%" /> `
        : undefined
    }${values.ticks.map(({ value, label }) => {
      const y = percent(1 - values.place(value));
      return html`<line class="grid" x2="100%" y1="${y}" y2="${y}" /><text
          class="tick"
          x="0"
          dx="-0.6em"
          y="${y}"
          dy="0.35em"
          text-anchor="end"
          >${label}</text
        > `;
    })}${steps.ticks.map(({ value, label }) => {
      const x = percent(steps.place(value));
      return html`<line class="grid" x1="${x}" x2="${x}" y1="100%" y2="101.5%" /><text
          class="tick"
          x="${x}"
          y="100%"
          dy="1.5em"
          text-anchor="middle"
          >${label}</text
        > `;
    })}<text class="tick" x="0" dx="-2em" y="100%" dy="1.5em" text-anchor="end">step</text> `;
}

function renderReference(value: number, values: Axis): Html {
  const y = percent(1 - values.place(value));
  return html`<line class="reference" x2="100%" y1="${y}" y2="${y}" /> `;
}

/** A line per series; a restless one is drawn faintly, with its trend on top. */
function renderLines(series: readonly PreparedSeries[], values: Axis, steps: Axis): Html {
  const faint = series.map(
    ({ shown, trend }, index) =>
      trend && html`<path class="${seriesClass(index)} faint" d="${pathOf(shown, values, steps)}" /> `,
  );
  const strong = series.map(
    ({ shown, trend }, index) =>
      html`<path
        class="${seriesClass(index)}"
        stroke-dasharray="${dashOf(index)}"
        d="${pathOf(trend ?? shown, values, steps)}"
      /> `,
  );
  return html`${faint}${strong}`;
}

/** Lines from point to point, broken at gaps. */
function pathOf(points: readonly Point[], values: Axis, steps: Axis): string {
  return stretchesOf(points)
    .filter((stretch) => stretch.length > 1)
    .map((stretch) => {
      const corners = stretch.map(([step, value]) => {
        const x = Number((steps.place(step) * DRAWING).toFixed(1));
        const y = Number(((1 - values.place(value)) * DRAWING).toFixed(1));
        return `${x} ${y}`;
      });
      return `M${corners.join('L')}`;
    })
    .join('');
}

/** Dots at the last value and at points that stand alone between gaps. */
function renderDots(series: PreparedSeries, index: number, values: Axis, steps: Axis): Html {
  const alone = stretchesOf(series.shown)
    .filter((stretch) => stretch.length === 1)
    .map((stretch) => stretch[0]);
  const last = series.extent?.last;
  const points = last && !alone.some(([step]) => step === last[0]) ? [...alone, last] : alone;
  return html`${points.map(
    ([step, value]) =>
      html`<circle
        class="dot s${index % LIGHT.series.length}"
        cx="${percent(steps.place(step))}"
        cy="${percent(1 - values.place(value))}"
        r="2.5"
      /> `,
  )}`;
}

function stretchesOf(points: readonly Point[]): Point[][] {
  const stretches: Point[][] = [[]];
  for (const point of points) {
    if (Number.isNaN(point[1])) stretches.push([]);
    else stretches[stretches.length - 1].push(point);
  }
  return stretches.filter((stretch) => stretch.length > 0);
}

function describe({ series, reference, logarithmic }: PreparedCurve, steps: Axis): string {
  const lines = series.map(({ label, extent }) => {
    if (!extent) return `${label}: nothing to draw.`;
    const at = ([step, value]: Point): string => `${formatNumber(value)} at step ${formatCount(step)}`;
    return `${label}: from ${at(extent.first)} to ${at(extent.last)}; lowest ${at(extent.lowest)}, highest ${at(extent.highest)}.`;
  });
  const range = `steps ${formatCount(steps.low)} to ${formatCount(steps.high)}`;
  return [
    `Line chart over ${range}${logarithmic ? ', logarithmic values' : ''}.`,
    ...lines,
    ...(reference ? [`Reference line: ${reference.label} at ${formatNumber(reference.value)}.`] : []),
  ].join(' ');
}
