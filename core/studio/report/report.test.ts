import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { contactSheet } from '../../datasets/pixels/contact-sheet.ts';
import { renderReport, type RunReport } from './report.ts';

const HOSTILE = `<script>alert("x")</script><img src=x onerror='y'>&amp;`;

const sheet = contactSheet(
  [{ pixels: new Uint8Array([0, 128, 255, 64, 32, 16]), widthPx: 3, heightPx: 2, channels: 1, bitDepth: 8 }],
  { gapPx: 0 },
);

const report: RunReport = {
  title: 'demo.simgan, run 1',
  createdAt: '2026-03-02T14:05:33.120Z',
  verdict: ['Refined eyes look more real.', 'Their labels stayed true.'],
  facts: [{ label: 'Engine', value: 'wasm' }],
  comparison: {
    columns: ['Synthetic', 'Refined'],
    rows: [
      { label: 'Accuracy', help: 'Lower is better.', cells: ['97.1 % (95.9–98.0)', '71.3 %'], better: 'yes' },
      { label: 'Drift', help: 'Lower is better.', cells: ['0.0 px', '1.1 px'], better: 'no' },
      { label: 'Gaze error', help: 'Lower is better.', cells: ['13.8°'], better: 'unclear' },
    ],
  },
  sheets: [{ title: 'Synthetic', caption: 'Six grey pixels.', png: sheet, pixelScale: 4 }],
  curves: [
    {
      title: 'Discriminator loss',
      unit: 'nats per patch',
      reference: { label: 'ln 2', value: Math.LN2 },
      series: [
        {
          label: 'Discriminator',
          points: [
            [0, 0.5],
            [1, Number.NaN],
            [2, 0.25],
            [3, 0.75],
            [4, 1],
          ],
        },
        { label: 'Other', points: [[-4, 1]] },
      ],
    },
    {
      title: 'Gradient norm',
      unit: '',
      logarithmic: true,
      series: [
        {
          label: 'Refiner',
          points: [
            [1, 0],
            [2, 0.1],
            [3, 10],
          ],
        },
      ],
    },
  ],
  story: [{ step: -4, text: 'It was paused.' }],
  caveats: ['One seed is few.'],
  config: { preset: 'test', steps: 4, nested: { lambda: 0.1 } },
};

const empty: RunReport = {
  title: 'Nothing',
  createdAt: 'yesterday',
  verdict: [],
  facts: [],
  comparison: { columns: [], rows: [] },
  sheets: [],
  curves: [],
  story: [],
  caveats: [],
  config: {},
};

/** Every tag of a page in order; throws where one is not closed as it was opened. */
function tagsOf(page: string): string[] {
  const voids = new Set(['meta', 'img', 'br', 'input', 'link']);
  const open: string[] = [];
  const tags: string[] = [];
  const body = page.replace(/<!doctype html>/, '').replace(/(<(script|style)[^>]*>)[^]*?(<\/\2>)/g, '$1$3');
  for (const [, closing, name, rest] of body.matchAll(
    /<(\/?)([a-zA-Z0-9]+)((?:\s+[\w-]+(?:="[^"]*")?)*\s*\/?)>/g,
  )) {
    if (closing) {
      expect(open.pop()).toBe(name);
      continue;
    }
    tags.push(`${name}${rest}`);
    if (!voids.has(name) && !rest.endsWith('/')) open.push(name);
  }
  expect(open).toEqual([]);
  expect(body.split('<').length - 1).toBe(body.split('>').length - 1);
  return tags;
}

test('the same report gives the same bytes', () => {
  expect(renderReport(structuredClone(report))).toBe(renderReport(report));
});

test.each([
  ['full', report],
  ['empty', empty],
])('a %s report is a well-formed document with its headings in order and unique names', (_, content) => {
  const page = renderReport(content);
  const tags = tagsOf(page);
  const levels = tags.flatMap((tag) => (/^h[1-6]\b/.test(tag) ? [Number(tag[1])] : []));
  expect(levels[0]).toBe(1);
  levels.slice(1).forEach((level, index) => {
    expect(level).toBeGreaterThan(1);
    expect(level - levels[index]).toBeLessThanOrEqual(1);
  });
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, id] of page.matchAll(/aria-(?:labelledby|describedby)="([^"]+)"/g)) expect(ids).toContain(id);
  for (const tag of tags.filter((one) => /^th\b/.test(one))) expect(tag).toMatch(/scope="(?:col|row)"/);
});

test('what happened is told step by step, and not at all where nothing did', () => {
  expect(renderReport(report)).toMatch(/<span class="step">Step -4<\/span> It was paused\./);
  expect(renderReport(empty)).not.toContain('What happened');
});

test('an empty report says what is missing', () => {
  const page = renderReport(empty);
  for (const words of ['No pictures were kept.', 'No curves were recorded.', 'Nothing was compared.']) {
    expect(page).toContain(words);
  }
  expect(page).toContain('No configuration was recorded.');
  expect(page).toContain('yesterday');
});

test('no text of a report becomes markup', () => {
  const points = [
    [0, 1],
    [1, 2],
  ] as const;
  const page = renderReport({
    title: HOSTILE,
    createdAt: HOSTILE,
    verdict: [HOSTILE, HOSTILE],
    facts: [{ label: HOSTILE, value: HOSTILE }],
    comparison: {
      columns: [HOSTILE],
      rows: [{ label: HOSTILE, help: HOSTILE, cells: [`${HOSTILE} (${HOSTILE})`], better: 'yes' }],
    },
    sheets: [
      { title: HOSTILE, caption: HOSTILE, png: sheet, pixelScale: 1 },
      { title: HOSTILE, caption: HOSTILE, png: new Uint8Array(3), pixelScale: 1 },
    ],
    curves: [
      {
        title: HOSTILE,
        unit: HOSTILE,
        reference: { label: HOSTILE, value: 1 },
        series: [{ label: HOSTILE, points }],
      },
    ],
    story: [{ step: 1, text: HOSTILE }],
    caveats: [HOSTILE],
    config: { [HOSTILE]: HOSTILE, nested: { [HOSTILE]: [HOSTILE] } },
  });
  const tags = tagsOf(page);
  expect(tags.filter((tag) => tag.startsWith('script'))).toHaveLength(2);
  expect(tags.filter((tag) => tag.startsWith('img'))).toHaveLength(1);
  expect(page).not.toContain('<script>alert');
  expect(page.match(/&lt;script&gt;alert\(&quot;x&quot;\)/g)?.length).toBeGreaterThanOrEqual(21);
});

test('the page asks nobody for anything and runs no script but the one its policy names', () => {
  const page = renderReport(report);
  const script = /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? '';
  expect(() => new Script(script)).not.toThrow();
  const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1].replaceAll('&#39;', "'");
  expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  expect(policy).toContain("default-src 'none'");
  for (const [, address] of page.matchAll(/\s(?:src|href)="([^"]{0,40})/g))
    expect(address).toMatch(/^data:image\/png/);
  expect(page).not.toMatch(/@import|url\(/);
});

test('a judgement is a word and a shape, an interval stands apart, and a missing cell is a dash', () => {
  const page = renderReport(report);
  for (const [state, word] of [
    ['yes', 'Yes'],
    ['no', 'No'],
    ['unclear', 'Unclear'],
  ]) {
    expect(page).toMatch(new RegExp(`class="better ${state}"\\s*><svg[^]*?</svg>${word}`));
  }
  const shapes = [...page.matchAll(/class="better \w+"\s*><svg[^>]*>([^]*?)<\/svg>/g)].map(
    ([, shape]) => shape,
  );
  expect(new Set(shapes).size).toBe(3);
  expect(page).toMatch(
    /<span class="value">97\.1 %<\/span>\s*<span class="interval">\(95\.9–98\.0\)<\/span>/,
  );
  expect(page).toMatch(/data-column="Refined">\s*<span class="value">–<\/span>/);
});

test('a picture is embedded whole, at its own size; what is no PNG is said to be none', () => {
  const page = renderReport(report);
  const embedded = /src="data:image\/png;base64,([^"]+)"/.exec(page)?.[1] ?? '';
  expect(new Uint8Array(Buffer.from(embedded, 'base64'))).toEqual(new Uint8Array(sheet));
  expect(page).toMatch(/<img[^>]*width="3"[^>]*height="2"/);
  expect(page).toContain('--png-width:3px;--scale:4');
  const broken = renderReport({ ...report, sheets: [{ ...report.sheets[0], png: sheet.subarray(5) }] });
  expect(broken).toContain('This picture cannot be shown: its data is no PNG.');
  expect(broken).toContain('Six grey pixels.');
});

test('a curve is broken at a gap, lies on the common axis of steps, and is described in words', () => {
  const page = renderReport(report);
  // Steps −4 to 4 and values 0 to 1 over a drawing of 1000: step 0 is its middle and stands alone before the gap.
  expect(page).toContain('d="M750 750L875 250L1000 0"');
  expect(page).toMatch(/<circle[^>]*cx="50%"[^>]*cy="50%"/);
  expect(page).toContain('Line chart over steps −4 to 4.');
  expect(page).toContain(
    'Discriminator: from 0.5 at step 0 to 1 at step 4; lowest 0.25 at step 2, highest 1 at step 4.',
  );
  expect(page).toContain('Reference line: ln 2 at 0.6931.');
  expect(page).toContain('Values left out of the curve: 1 not finite.');
  expect(page).toContain('Steps up to 0, shaded, are pre-training.');
  // 0.1 to 10 over two decades, steps 2 and 3 of −4 to 4.
  expect(page).toContain('d="M750 1000L875 0"');
  expect(page).toContain('1 not above zero, which this axis cannot show');
  expect(page).toContain('<span class="unit">logarithmic</span>');
  expect(page).toMatch(/<td>not a number<\/td>/);
});

test('a curve without a value keeps its place and says so', () => {
  const curves = [
    { title: 'Drift', unit: 'px', series: [{ label: 'Median', points: [[1, Number.NaN]] as const }] },
  ];
  const page = renderReport({ ...report, curves });
  tagsOf(page);
  expect(page).toContain('Nothing to draw: no value was recorded.');
  expect(page).not.toContain('NaN');
});

test('points out of order are drawn in the order of their steps', () => {
  const points = [
    [2, 1],
    [0, 0],
    [1, 0.5],
  ] as const;
  const page = renderReport({
    ...report,
    curves: [{ title: 'A', unit: '', series: [{ label: 'B', points }] }],
  });
  expect(page).toContain('d="M0 1000L500 500L1000 0"');
});

test('a long run stays small, and its table names the extremes over all steps', () => {
  const points = Array.from(
    { length: 60_000 },
    (_, step) => [step, step === 33_333 ? 42 : Math.sin(step)] as const,
  );
  const series = Array.from({ length: 3 }, (_, index) => ({ label: `Series ${index}`, points }));
  const page = renderReport({ ...report, curves: [{ title: 'Loss', unit: '', series }] });
  expect(page.length).toBeLessThan(400_000);
  expect(page).toContain('60 of 60,000 recorded steps, evenly chosen; the extremes are over all of them.');
  expect(page).toMatch(/Highest<\/th>\s*<td>42<\/td>\s*<td>42<\/td>\s*<td>42<\/td>/);
  for (const [, path] of page.matchAll(/<path[^>]*\sd="(M[^"]*)"/g)) {
    expect(path.split('L').length).toBeLessThanOrEqual(600);
  }
});
