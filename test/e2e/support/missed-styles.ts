import type { Page } from 'playwright-core';

/**
 * Classes of elements in the page for which the window has styles, but of which none reaches the element: a scoped
 * style does not reach what a component library puts elsewhere in the document. Empty where all are reached.
 */
export async function missedByStyles(page: Page): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(`(() => {
    const rulesIn = (list) => [...list].flatMap((rule) => [rule, ...(rule.cssRules ? rulesIn(rule.cssRules) : [])]);
    const selectors = [...document.styleSheets].flatMap((sheet) =>
      rulesIn(sheet.cssRules).flatMap((rule) => rule.selectorText?.split(/,(?![^(]*\\))/) ?? []),
    );
    // What is hovered or focused is for another time.
    const plain = selectors.map((selector) => selector.replace(/:(hover|focus-visible|focus-within|focus|active|disabled)(?![\\w-])/g, '').replace(/::[\\w-]+/g, ''));
    const missed = new Set();
    for (const element of document.querySelectorAll('[class]')) {
      for (const name of element.classList) {
        const own = plain.filter((selector) => new RegExp('\\\\.' + CSS.escape(name) + '(?![\\\\w-])').test(selector));
        if (own.length === 0 || own.some((selector) => element.matches(selector))) continue;
        // Also a name that only styles what is below it.
        if (own.some((selector) => element.closest(selector) || element.querySelector(selector))) continue;
        missed.add(element.tagName.toLowerCase() + '.' + name);
      }
    }
    return [...missed];
  })()`);
}
