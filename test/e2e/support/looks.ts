import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'test-results', 'screens');
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1024, height: 700 },
] as const;
const THEMES = ['dark', 'light'] as const;

/** Of the second theme only what a theme can break. */
const RULES = {
  dark: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  light: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} as const;

interface Violation {
  readonly rule: string;
  readonly theme: string;
  readonly where: readonly string[];
}

/** Does something in each theme, and ends in the dark one. The window follows the system's as long as its setting says so. */
async function inEachTheme(
  page: Page,
  work: (theme: (typeof THEMES)[number]) => Promise<void>,
): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(`html[data-theme=${theme}]`).waitFor();
    await work(theme);
  }
  await page.emulateMedia({ colorScheme: THEMES[0] });
}

/** Everything in which a screen breaks WCAG 2.2 A or AA, in both themes; empty where it does not. */
export async function violations(page: Page): Promise<Violation[]> {
  // The page's policy forbids scripts that are written into it; what the browser's own tools evaluate is none.
  await page.evaluate(axe.source);
  const found: Violation[] = [];
  await inEachTheme(page, async (theme) => {
    const { violations: broken } = await page.evaluate<AxeResults>(
      `axe.run(document, ${JSON.stringify({ runOnly: RULES[theme] })})`,
    );
    for (const { id, nodes } of broken) {
      found.push({ rule: id, theme, where: nodes.map(({ html }) => html.slice(0, 200)) });
    }
  });
  return found;
}

/**
 * Pictures of a screen in both themes and sizes, to be looked at: test-results/screens/NAME-THEME-WIDTH.png. Taken where
 * SIMGAN_PICTURES is set, since they take longer than what is tested.
 */
export async function takePictures(page: Page, name: string): Promise<void> {
  if (!process.env.SIMGAN_PICTURES) return;
  await mkdir(FOLDER, { recursive: true });
  const before = page.viewportSize();
  await inEachTheme(page, async (theme) => {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.waitForTimeout(150);
      await page.screenshot({ path: join(FOLDER, `${name}-${theme}-${size.width}.png`) });
    }
  });
  if (before) await page.setViewportSize(before);
}
