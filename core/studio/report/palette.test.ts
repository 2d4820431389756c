import { expect, test } from 'vitest';
import { DARK, DASHES, LIGHT } from './palette.ts';

/** Relative luminance of sRGB (WCAG 2.2, definition of "relative luminance"). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((place) => {
    const share = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test.each([
  ['light', LIGHT],
  ['dark', DARK],
])('the %s theme keeps WCAG AA: 4.5 for text, 3 for lines and shapes', (_, theme) => {
  for (const ground of [theme.page, theme.raised]) {
    for (const text of [theme.text, theme.muted]) expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
    for (const line of [...theme.series, theme.accent])
      expect(contrast(line, ground), line).toBeGreaterThanOrEqual(3);
  }
  for (const shape of [theme.yes, theme.no]) expect(contrast(shape, theme.page)).toBeGreaterThanOrEqual(3);
});

test('greys are neutral', () => {
  for (const { page, raised, text, muted, rule } of [LIGHT, DARK]) {
    for (const grey of [page, raised, text, muted, rule]) expect(grey).toMatch(/^#(..)\1\1$/);
  }
});

test('thirty series differ in colour or dashes', () => {
  const pairs = Array.from({ length: 30 }, (_, index) =>
    [LIGHT.series[index % LIGHT.series.length], DASHES[index % DASHES.length]].join(' / '),
  );
  expect(new Set(pairs).size).toBe(30);
});
