import type { PreparedCurve } from './curve.ts';
import { html, type Html } from './html.ts';
import { formatCount, formatNumber } from './numbers.ts';

/** Enough to read a course from, few enough to read. */
const MOST_ROWS = 60;

/** The folded table under a chart: exact values at evenly chosen steps, and the extremes over all steps. */
export function renderValueTable(curve: PreparedCurve): Html {
  const valuesAt = curve.series.map(({ points }) => new Map(points));
  const steps = [...new Set(valuesAt.flatMap((values) => [...values.keys()]))].sort(
    (one, other) => one - other,
  );
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
                ${valuesAt.map((values) => cell(values.get(step)))}
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

/** First, last and evenly between. */
function evenly(steps: readonly number[], count: number): readonly number[] {
  if (steps.length <= count) return steps;
  return Array.from(
    { length: count },
    (_, row) => steps[Math.round((row * (steps.length - 1)) / (count - 1))],
  );
}
