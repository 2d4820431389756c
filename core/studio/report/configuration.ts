import { html, type Html } from './html.ts';

/** The configuration, folded: field by field to read, and as JSON to copy. */
export function renderConfiguration(config: Readonly<Record<string, unknown>>): Html {
  const fields = Object.entries(config).filter(([, value]) => value !== undefined);
  if (fields.length === 0) return html`<p class="absent">No configuration was recorded.</p>`;
  return html`<details class="configuration">
    <summary>${fields.length} ${fields.length === 1 ? 'field' : 'fields'}</summary>
    <dl class="fields">
      ${fields.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${textOf(value)}</dd>
          </div> `,
      )}
    </dl>
    <h3>As JSON</h3>
    <button type="button" class="copy" hidden>Copy</button>
    <pre
      tabindex="0"
      role="region"
      aria-label="Configuration as JSON"
    ><code class="json">${JSON.stringify(config, undefined, 2)}</code></pre>
  </details> `;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? String(value);
}
