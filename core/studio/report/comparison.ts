import { html, trustedHtml, type Html } from './html.ts';

/** The table of before and after; every cell is text that is ready to read. */
export interface Comparison {
  readonly columns: readonly string[];
  readonly rows: readonly ComparisonRow[];
}

interface ComparisonRow {
  readonly label: string;
  /** One line that says what the number means and which way is good. */
  readonly help: string;
  /** One text per column; an interval in brackets at its end is set apart. */
  readonly cells: readonly string[];
  /** Whether refining helped by this measure. */
  readonly better?: 'yes' | 'no' | 'unclear';
}

const BETTER: Readonly<Record<NonNullable<ComparisonRow['better']>, { word: string; shape: Html }>> = {
  yes: {
    word: 'Yes',
    shape: trustedHtml('<circle cx="8" cy="8" r="7"/><path d="M4.5 8.5l2.5 2.5 4.5-5.5"/>'),
  },
  no: {
    word: 'No',
    shape: trustedHtml(
      '<path class="fill" d="M8 0l8 8-8 8-8-8z"/><path d="M5.75 5.75l4.5 4.5m0-4.5l-4.5 4.5"/>',
    ),
  },
  unclear: {
    word: 'Unclear',
    shape: trustedHtml('<circle cx="8" cy="8" r="6.5"/><path d="M5 8h6"/>'),
  },
};

/**
 * A table; below a width that holds its columns each row becomes a card, for which the ARIA roles keep it a table and
 * every cell repeats the name of its column. `labelledBy` is the id of its heading.
 */
export function renderComparison({ columns, rows }: Comparison, labelledBy: string): Html {
  if (rows.length === 0) return html`<p class="absent">Nothing was compared.</p>`;
  const judged = rows.some((row) => row.better !== undefined);
  const hasIntervals = rows.some((row) => row.cells.some((cell) => splitInterval(cell)[1]));
  return html`<table role="table" class="comparison" aria-labelledby="${labelledBy}">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Measure</th>
          ${columns.map(
            (column) => html`<th role="columnheader" scope="col">${column}</th>`,
          )}${judged ? html`<th role="columnheader" scope="col">Better?</th>` : undefined}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => renderRow(row, columns, judged))}
      </tbody>
    </table>
    ${hasIntervals ? html`<p class="note">In brackets: the interval in which the true value plausibly lies.</p>` : undefined} `;
}

function renderRow(row: ComparisonRow, columns: readonly string[], judged: boolean): Html {
  const cells = columns.map((column, index) => {
    const [value, interval] = splitInterval(row.cells[index] ?? '');
    return html`<td role="cell" data-column="${column}">
      <span class="value">${value || '–'}</span>${
        interval ? html` <span class="interval">${interval}</span>` : undefined
      }
    </td>`;
  });
  return html`<tr role="row">
    <th role="rowheader" scope="row">${row.label}<span class="help">${row.help}</span></th>
    ${cells}${
      judged
        ? html`<td role="cell" data-column="Better?">${row.better ? renderBetter(row.better) : '–'}</td>`
        : undefined
    }
  </tr> `;
}

function renderBetter(better: NonNullable<ComparisonRow['better']>): Html {
  const { word, shape } = BETTER[better];
  return html`<span class="better ${better}"
    ><svg viewBox="0 0 16 16" aria-hidden="true">${shape}</svg>${word}</span
  >`;
}

/** "0.61 (0.58–0.64)" → "0.61" and "(0.58–0.64)". */
function splitInterval(cell: string): [value: string, interval: string] {
  const match = /^(.*\S)\s+([([][^()[\]]*[)\]])$/.exec(cell.trim());
  return match ? [match[1], match[2]] : [cell.trim(), ''];
}
