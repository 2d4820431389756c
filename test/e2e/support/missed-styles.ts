import type { Page } from 'playwright-core';

/**
 * Elements that a component's scoped style does not reach: they have a class of one, no scope at all, and no other style
 * by a class. A component library makes such elements where it puts something elsewhere in the document. Empty where
 * there are none.
 */
export async function missedByStyles(page: Page): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(`(() => {
    const rulesIn = (list) => [...list].flatMap((rule) => [rule, ...(rule.cssRules ? rulesIn(rule.cssRules) : [])]);
    const selectors = [...document.styleSheets].flatMap((sheet) =>
      rulesIn(sheet.cssRules).flatMap((rule) => rule.selectorText?.split(/,(?![^(]*\\))/) ?? []),
    );
    const scoped = new Set(selectors.flatMap((selector) => [...selector.matchAll(/\\.([\\w-]+)\\[data-v-/g)].map(([, name]) => name)));
    const unscoped = selectors.filter((selector) => selector.includes('.') && !selector.includes('[data-v-'));
    const hasScope = (element) => [...element.attributes].some(({ name }) => name.startsWith('data-v-'));
    const missed = [...document.querySelectorAll('[class]')].filter((element) =>
      [...element.classList].some((name) => scoped.has(name)) &&
      !hasScope(element) && !unscoped.some((selector) => element.matches(selector)));
    return missed.map((element) => element.tagName.toLowerCase() + '.' + [...element.classList].join('.'));
  })()`);
}
