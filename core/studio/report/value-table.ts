import type { PreparedCurve } from './curve.ts';
import type { Point } from './down-sample.ts';
import { html, type Html } from './html.ts';
import { formatCount, formatNumber } from './numbers.ts';

/** Enough to read a course from, few enough to read. */
const MOST_ROWS = 60;

/** The folded table under a chart: exact values at evenly chosen steps, and the extremes over all steps. */
export function renderValueTable(curve: PreparedCurve): Html {
  const steps = stepsOf(curve);
  const chosen = evenly(steps, MOST_ROWS);
  const note =
    chosen.length < steps.length
      ? `${formatCount(chosen.length)} of ${formatCount(steps.length)} recorded steps, evenly chosen; the extremes are over all of them.`
      : 'Every recorded step.';
  return html`<details class="values">
    <summary>Values<span class="hidden"> of ${curve.title}</span></summary>
    <div class="scroll" role="region" tabindex="0" aria-label="Values of ${curve.title}">
      <table>
        <caption>
          ${note}${curve.unit && ` Unit: ${curve.unit}.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            ${curve.series.map(({ label }) => html`<th scope="col">${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${chosen.map(
            (step) =>
              html`<tr>
                <th scope="row">${formatCount(step)}</th>
                ${curve.series.map(({ points }) => cell(valueAt(points, step)))}
              </tr> `,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Lowest</th>
            ${curve.series.map(({ extent }) => cell(extent?.lowest[1]))}
          </tr>
          <tr>
            <th scope="row">Highest</th>
            ${curve.series.map(({ extent }) => cell(extent?.highest[1]))}
          </tr>
        </tfoot>
      </table>
    </div>
  </details> `;
}

function cell(value: number | undefined): Html {
  return html`<td>${value === undefined ? '–' : formatNumber(value)}</td>`;
}

/** All steps at which any series has a point, each once, in order. */
function stepsOf({ series }: PreparedCurve): Float64Array {
  const sorted = Float64Array.from(series.flatMap(({ points }) => points.map(([step]) => step))).sort();
  return sorted.filter((step, index) => index === 0 || step !== sorted[index - 1]);
}

/** The value at exactly this step, by bisection; the first where there are several. */
function valueAt(points: readonly Point[], step: number): number | undefined {
  let from = 0;
  let to = points.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (points[middle][0] < step) from = middle + 1;
    else to = middle;
  }
  return points[from]?.[0] === step ? points[from][1] : undefined;
}

/** First, last and evenly between. */
function evenly(steps: Float64Array, count: number): readonly number[] {
  if (steps.length <= count) return [...steps];
  return Array.from(
    { length: count },
    (_, row) => steps[Math.round((row * (steps.length - 1)) / (count - 1))],
  );
}
