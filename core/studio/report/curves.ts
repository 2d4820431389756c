import { stepAxis, type Axis } from './axis.ts';
import { percent, renderKey, renderPlot, renderReferenceKey, valueAxis } from './chart.ts';
import { prepareCurve, type Curve, type PreparedCurve } from './curve.ts';
import { html, jsonForScript, type Html } from './html.ts';
import { formatCount, formatNumber } from './numbers.ts';
import { renderValueTable } from './value-table.ts';

const WANTED_STEP_TICKS = 5;

/** Room for the longest label of a value axis: digits are a little over half as wide as high. */
const REM_PER_CHARACTER = 0.45;
const LABEL_MARGIN_REM = 0.75;

/** Charts side by side over one common axis of steps, with what the page's script needs to read values at a cursor. */
export function renderCurves(curves: readonly Curve[]): Html {
  if (curves.length === 0) return html`<p class="absent">No curves were recorded.</p>`;
  const prepared = curves.map(prepareCurve);
  const steps = commonSteps(prepared);
  const charts = prepared.map((curve) => ({ curve, values: valueAxis(curve) }));
  const labels = charts.flatMap(({ values }) => values?.ticks ?? []).map(({ label }) => label.length);
  const gutterRem = Math.max(4, ...labels) * REM_PER_CHARACTER + LABEL_MARGIN_REM;
  return html`${renderReadingNote(prepared, steps)}
    <div class="charts" style="--gutter:${gutterRem.toFixed(2)}rem">
      ${charts.map(({ curve, values }, index) => renderChart(curve, values, steps, index))}
    </div>
    <script type="application/json" id="curve-data">
      ${jsonForScript({
        low: steps.low,
        high: steps.high,
        charts: charts.map(({ curve, values }) => cursorData(curve, values)),
      })}
    </script> `;
}

/** What the drawing means beyond lines over steps. */
function renderReadingNote(curves: readonly PreparedCurve[], steps: Axis): Html | undefined {
  const sentences = [
    ...(steps.low < 0 ? ['Steps up to 0, shaded, are pre-training.'] : []),
    ...(curves.some(({ series }) => series.some(({ trend }) => trend))
      ? ['Where a faint line shows the values, the strong one is their running mean over 4 % of the course.']
      : []),
  ];
  return sentences.length > 0 ? html`<p class="note">${sentences.join(' ')}</p>` : undefined;
}

function commonSteps(curves: readonly PreparedCurve[]): Axis {
  const ends = curves
    .flatMap(({ series }) => series)
    .filter(({ points }) => points.length > 0)
    .flatMap(({ points }) => [points[0][0], points[points.length - 1][0]]);
  return stepAxis(
    ends.length > 0 ? Math.min(...ends) : 0,
    ends.length > 0 ? Math.max(...ends) : 1,
    WANTED_STEP_TICKS,
  );
}

function renderChart(curve: PreparedCurve, values: Axis | undefined, steps: Axis, index: number): Html {
  const titleId = `curve-${index}`;
  const scale = [curve.unit, ...(curve.logarithmic ? ['logarithmic'] : [])].filter(Boolean);
  return html`<figure class="chart">
    <figcaption>
      <h3 id="${titleId}">${curve.title}</h3>
      <span class="unit">${scale.join(', ')}</span>
      <span class="at"></span>
    </figcaption>
    <ul class="legend">
      ${curve.series.map(
        ({ label, extent }, place) =>
          html`<li>
            ${renderKey(place)} <span>${label}</span> <span class="hidden">last value</span>
            <span class="reading">${extent ? formatNumber(extent.last[1]) : '–'}</span>
          </li>`,
      )}
      ${
        curve.reference &&
        html`<li>
          ${renderReferenceKey()} <span>${curve.reference.label}</span>
          <span class="level">${formatNumber(curve.reference.value)}</span>
        </li>`
      }
    </ul>
    ${
      values
        ? renderPlot(curve, values, steps, `${titleId}-description`, titleId)
        : html`<p class="absent">Nothing to draw: no value was recorded.</p> `
    }
    <div>${renderGapNote(curve)}${renderValueTable(curve)}</div>
  </figure> `;
}

function renderGapNote({ notFinite, notPositive }: PreparedCurve): Html | undefined {
  const gaps = [
    ...(notFinite > 0 ? [`${formatCount(notFinite)} not finite`] : []),
    ...(notPositive > 0 ? [`${formatCount(notPositive)} not above zero, which this axis cannot show`] : []),
  ];
  return gaps.length > 0
    ? html`<p class="note">Values left out of the curve: ${gaps.join('; ')}.</p>`
    : undefined;
}

/** Per series the steps, the heights in the plot (null at a gap) and the texts, so that the script computes nothing. */
function cursorData(curve: PreparedCurve, values: Axis | undefined): unknown {
  return curve.series.map(({ shown }) => ({
    steps: shown.map(([step]) => step),
    heights: shown.map(([, value]) =>
      values && !Number.isNaN(value) ? percent(1 - values.place(value)) : null,
    ),
    texts: shown.map(([, value]) => (Number.isNaN(value) ? '–' : formatNumber(value))),
  }));
}
