import { renderComparison, type Comparison } from './comparison.ts';
import { renderConfiguration } from './configuration.ts';
import type { Curve } from './curve.ts';
import { renderCurves } from './curves.ts';
import { renderDocument } from './document.ts';
import { html, markupOf, type Html } from './html.ts';
import { renderPictures, type Sheet } from './pictures.ts';

/** What a training run did, ready to be shown: every text is plain text and is escaped here. */
export interface RunReport {
  /** "demo.simgan, run 1". */
  readonly title: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Plain sentences; the first is the headline. */
  readonly verdict: readonly string[];
  /** Engine, device, steps, time, seed, effective λ … */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly comparison: Comparison;
  readonly sheets: readonly Sheet[];
  readonly curves: readonly Curve[];
  /** What happened, oldest first, in plain sentences. */
  readonly story: readonly { readonly step: number; readonly text: string }[];
  readonly caveats: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * One HTML document that needs nothing but itself: no network, no fonts, pictures as data, one script that the page can
 * do without. The same report gives the same bytes.
 */
export function renderReport(report: RunReport): string {
  const { comparison, caveats, sheets, curves, story, config } = report;
  const compared = html`${renderComparison(comparison, 'comparison')}${renderCaveats(caveats)}`;
  const sections = [
    renderVerdict(report),
    section('comparison', 'Before and after', compared),
    section('pictures', 'Pictures', renderPictures(sheets)),
    section('curves', 'Curves', renderCurves(curves)),
    story.length > 0 ? section('story', 'What happened', renderStory(story)) : undefined,
    section('configuration', 'Configuration', renderConfiguration(config)),
  ];
  const body = html`<header>
      <p class="kind">SimGAN Studio · training report</p>
      <h1>${report.title}</h1>
      <p class="date">${renderDate(report.createdAt)}</p>
    </header>
    <main>${sections}</main> `;
  return markupOf(renderDocument(report.title, body));
}

function section(id: string, title: string, content: Html): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section> `;
}

function renderVerdict({ verdict, facts }: RunReport): Html {
  const [headline, ...rest] = verdict;
  return html`<section aria-labelledby="verdict">
    <h2 id="verdict" class="hidden">Verdict</h2>
    ${headline === undefined ? undefined : html`<p class="headline">${headline}</p> `}${rest.map(
      (sentence) => html`<p class="verdict">${sentence}</p> `,
    )}${
      facts.length > 0
        ? html`<dl class="facts">
            ${facts.map(
              ({ label, value }) =>
                html`<div>
                  <dt>${label}</dt>
                  <dd>${value}</dd>
                </div> `,
            )}
          </dl> `
        : undefined
    }
  </section> `;
}

function renderStory(story: RunReport['story']): Html {
  return html`<ol class="story">
    ${story.map(({ step, text }) => html`<li><span class="step">Step ${String(step)}</span> ${text}</li> `)}
  </ol> `;
}

function renderCaveats(caveats: readonly string[]): Html | undefined {
  if (caveats.length === 0) return undefined;
  return html`<h3>To keep in mind</h3>
    <ul class="caveats">
      ${caveats.map((caveat) => html`<li>${caveat}</li> `)}
    </ul> `;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** "2 March 2026, 14:05 UTC"; the text itself where it is no date. */
function renderDate(createdAt: string): Html {
  const date = new Date(createdAt);
  if (Number.isNaN(date.getTime())) return html`${createdAt}`;
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return html`<time datetime="${date.toISOString()}">${day}, ${date.toISOString().slice(11, 16)} UTC</time>`;
}
