import { DARK, LIGHT, PICTURE_GREY, type Theme } from './palette.ts';

function colours(theme: Theme): string {
  const { series, ...named } = theme;
  return [
    ...Object.entries(named).map(([name, colour]) => `--${name}:${colour}`),
    ...series.map((colour, index) => `--s${index}:${colour}`),
  ].join(';');
}

/** The whole look of the page. Sizes are in rem, so that it grows with the reader's text size. */
export const STYLE = `
:root { color-scheme: light dark; ${colours(LIGHT)} }
@media screen and (prefers-color-scheme: dark) { :root { ${colours(DARK)} } }

*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 86rem; padding: clamp(1.25rem, 4vw, 4rem) clamp(1rem, 4vw, 3rem) 4rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  overflow-wrap: break-word;
}
h1, h2, h3, p, ul, dl, dd, figure, table { margin: 0; padding: 0; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
p, li { max-width: 42rem; text-wrap: pretty; }
svg { display: block; overflow: visible; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.chart .absent { font-size: 0.875rem; }
.absent, .note, .date, .kind, .unit, .help, .interval, caption { color: var(--muted); }
.note, .unit, .help, .interval, caption { font-size: 0.875rem; }

header { display: grid; gap: 0.25rem; }
.kind, .date { font-size: 0.875rem; }
h1 { font-size: 1.25rem; font-weight: 600; }
section { margin-top: 3.5rem; }
header + main > section:first-child { margin-top: 2rem; }
h2 { font-size: 1.375rem; font-weight: 600; padding-top: 1rem; margin-bottom: 1.25rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; font-weight: 600; }

.headline { max-width: 52rem; font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.375rem); font-weight: 600; line-height: 1.2; letter-spacing: -0.012em; text-wrap: balance; }
.verdict { margin-top: 0.75rem; font-size: 1.0625rem; }
.headline + .verdict { margin-top: 1.25rem; }
.story { list-style: none; display: grid; gap: 0.5rem; }
.story .step { color: var(--muted); font-variant-numeric: tabular-nums; margin-inline-end: 0.75rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 9.5rem), 1fr)); gap: 1.25rem 2rem; margin-top: 2.25rem; }
.facts dt, .fields dt { color: var(--muted); font-size: 0.875rem; }
.facts dd, .fields dd { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }

table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: start; font-weight: 600; }
caption { caption-side: bottom; padding-top: 0.75rem; text-align: start; }
.comparison { width: 100%; table-layout: fixed; }
.comparison th, .comparison td { padding: 0.75rem 1.5rem 0.75rem 0; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
.comparison thead th { padding-top: 0; font-size: 0.875rem; color: var(--muted); }
.comparison th:first-child { width: 34%; }
.help { display: block; max-width: 26rem; font-weight: 400; }
.interval { display: block; white-space: nowrap; }
.comparison .value { font-size: 1.125rem; }
.comparison + .note { margin-top: 0.75rem; }
.better { display: inline-block; line-height: 1.75rem; font-weight: 600; white-space: nowrap; }
.better svg { display: inline-block; width: 1.125rem; height: 1.125rem; margin-inline-end: 0.5rem; vertical-align: -0.2rem; fill: none; stroke: var(--page); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.better.yes circle { fill: var(--yes); stroke: none; }
.better.no .fill { fill: var(--no); stroke: none; }
.better.unclear svg { stroke: var(--muted); }
.caveats { padding-left: 1.125rem; }
.caveats li { margin-top: 0.375rem; }
section > h3 { margin: 2rem 0 0.5rem; }

@media screen and (max-width: 48rem) {
  .comparison, .comparison tbody, .comparison tr, .comparison th, .comparison td { display: block; }
  .comparison thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .comparison tr { padding: 1rem 0; border-bottom: 1px solid var(--rule); }
  .comparison tr:first-child { padding-top: 0; }
  .comparison th, .comparison td { padding: 0; border: 0; }
  .comparison th:first-child { width: auto; }
  .comparison tbody th { margin-bottom: 0.5rem; }
  .comparison td { display: grid; grid-template-columns: minmax(0, 11fr) minmax(0, 13fr); column-gap: 1rem; padding-top: 0.25rem; }
  .comparison td::before { content: attr(data-column); grid-row: span 2; color: var(--muted); font-size: 0.875rem; line-height: 1.75rem; }
  .comparison td > * { grid-column: 2; }
}

.sheets { display: flex; flex-wrap: wrap; gap: 2rem 1.5rem; --mat: clamp(0.5rem, 2vw, 1.25rem); }
.sheet { flex: 0 1 calc(var(--png-width, 20rem) * var(--scale, 1) + 2 * var(--mat)); min-width: 0; }
.sheet h3 { margin-bottom: 0.5rem; }
.mat { container-type: inline-size; padding: var(--mat); background: ${PICTURE_GREY}; forced-color-adjust: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.mat img {
  display: block; height: auto; margin: 0 auto; image-rendering: pixelated;
  width: min(100%, calc(var(--png-width) * var(--scale)));
  width: max(min(100cqi, var(--png-width)), min(var(--png-width) * var(--scale), round(down, 100cqi, var(--png-width))));
}
figcaption { margin-top: 0.5rem; font-size: 0.9375rem; }
.sheet figcaption { max-width: 42rem; color: var(--muted); }

.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 2.5rem 2rem; }
.note + .charts { margin-top: 1.25rem; }
.chart { display: grid; grid-template-rows: subgrid; grid-row: span 4; row-gap: 0.5rem; align-content: start; min-width: 0; }
.chart figcaption { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.5rem; margin: 0; font-size: 1rem; }
.at { margin-inline-start: auto; color: var(--muted); font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: 0.125rem 1.25rem; align-content: start; list-style: none; font-size: 0.875rem; }
.legend li { display: flex; align-items: center; gap: 0.4rem; }
.reading, .level { color: var(--muted); font-variant-numeric: tabular-nums; }
.reading { min-width: 3.2em; }
.key { flex: none; width: 2rem; height: 0.5rem; }
.plot { width: calc(100% - var(--gutter) - 1.25rem); height: 13rem; margin: 0.75rem 1.25rem 2.25rem var(--gutter); touch-action: pan-y; cursor: crosshair; }
.series { fill: none; stroke-width: 1.75px; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.series.faint { stroke-width: 1px; opacity: 0.3; }
.dot { stroke: var(--page); stroke-width: 1px; }
${LIGHT.series.map((_, index) => `.series.s${index} { stroke: var(--s${index}); } .dot.s${index} { fill: var(--s${index}); }`).join('\n')}
.grid { stroke: var(--rule); }
.pretraining { fill: var(--raised); }
.tick { font-size: 0.75rem; font-variant-numeric: tabular-nums; fill: var(--muted); }
.reference, .cursor { stroke: var(--muted); }
.plot [hidden] { display: none; }

details > summary { width: fit-content; cursor: pointer; padding: 0.25rem 0; font-size: 0.875rem; }
.configuration > summary { font-size: 1rem; }
.scroll { max-height: 20rem; overflow: auto; margin-top: 0.25rem; border: 1px solid var(--rule); }
.scroll table { width: 100%; font-size: 0.875rem; }
.scroll caption { caption-side: top; padding: 0.5rem 0.75rem; }
.scroll th, .scroll td { padding: 0.2rem 0.75rem; text-align: end; white-space: nowrap; }
.scroll thead th { position: sticky; top: 0; background: var(--raised); white-space: normal; vertical-align: bottom; }
.scroll tbody th { font-weight: 400; color: var(--muted); }
.scroll tfoot { border-top: 1px solid var(--rule); }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr)); gap: 0.75rem 2rem; margin-top: 1rem; }
details h3 { margin: 2rem 0 0.5rem; }
.copy { font: inherit; font-size: 0.875rem; padding: 0.25rem 0.875rem; margin-bottom: 0.5rem; color: var(--text); background: var(--raised); border: 1px solid var(--muted); border-radius: 4px; cursor: pointer; }
pre { margin: 0; padding: 1rem; overflow: auto; background: var(--raised); font: 0.875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }

@media print {
  @page { margin: 16mm 14mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  section { margin-top: 2rem; }
  figure, tr, .facts, li { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  section:has(> .charts) { break-before: page; }
  pre { white-space: pre-wrap; }
  .charts { grid-template-columns: 1fr 1fr; }
  details:not([open]), .values, .copy { display: none; }
  .series, .dot, .reference, .better svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
