import type { Page } from 'playwright-core';

/** What is wrong with where things are on a screen. */
export interface LayoutFault {
  readonly fault: 'text cut off' | 'control covered' | 'text on text' | 'wider than its room';
  /** The size of the window, or the zoom. */
  readonly at: string;
  readonly what: string;
}

/** The sizes the window is promised to be usable at. The zoom is the setting's, as in the shell. */
const ROOMS = [
  { at: '1280 × 800', width: 1280, height: 800, zoom: 100 },
  { at: '1024 × 700', width: 1024, height: 700, zoom: 100 },
  { at: '200 %', width: 1280, height: 800, zoom: 200 },
] as const;

/** Everything that is cut off, covered or laid over something else at any promised size; empty where nothing is. */
export async function layoutFaults(page: Page): Promise<LayoutFault[]> {
  const before = page.viewportSize();
  const found: LayoutFault[] = [];
  for (const { at, width, height, zoom } of ROOMS) {
    await page.setViewportSize({ width, height });
    await setZoom(page, zoom);
    // Lists and charts that fit themselves into their room do so after a look at it.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const faults = await page.evaluate<Omit<LayoutFault, 'at'>[]>(LOOK);
    found.push(...faults.map((fault) => ({ ...fault, at })));
  }
  await setZoom(page, 100);
  if (before) await page.setViewportSize(before);
  return found;
}

async function setZoom(page: Page, zoom: number): Promise<void> {
  await page.evaluate(`window.studio.settings.set({ zoom: ${zoom} })`);
  await page.locator(`html[style*="font-size: ${zoom * 0.16}px"]`).waitFor();
}

/**
 * Looks at every text and control of the page, or of the dialog that is open. A text may be cut off where it can be
 * scrolled to or ends in an ellipsis; a control is covered if a click in its middle
 * would meet something else, other than what sticks to the edge of a list that it can be scrolled from.
 */
const LOOK = `(() => {
  const SLACK_PX = 1.5;
  const root = [...document.querySelectorAll('[role=dialog], [role=menu], [role=listbox][data-state=open]')].at(-1) ?? document.body;
  const isUnseen = (element) =>
    !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
    element.closest('.unseen, .skip, [role=region][aria-label^="Notifications"]') !== null ||
    getComputedStyle(element).clipPath !== 'none';
  const named = (element) =>
    element.tagName.toLowerCase() + '.' + (element.getAttribute('class') ?? '') + ' "' +
    (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\\s+/g, ' ').slice(0, 60) + '"';

  /** What of a box is left by everything that clips it; and whether it was cut where nothing brings the rest into view. */
  function clipped(start, rect) {
    let [left, top, right, bottom] = [rect.left, rect.top, rect.right, rect.bottom];
    let [scrollsX, scrollsY, lost] = [false, false, false];
    for (let element = start; element !== null; element = element.parentElement) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const isRoot = element === document.body || element === document.documentElement;
      if (style.overflowX !== 'visible' || isRoot) {
        const over = left < box.left - SLACK_PX || right > box.right + SLACK_PX;
        if (over && /auto|scroll/.test(style.overflowX)) scrollsX = true;
        else if (over && !scrollsX && style.textOverflow !== 'ellipsis') lost = true;
        else if (over) scrollsX = true;
        left = Math.max(left, box.left);
        right = Math.min(right, box.right);
      }
      if (style.overflowY !== 'visible' || isRoot) {
        const over = top < box.top - SLACK_PX || bottom > box.bottom + SLACK_PX;
        if (over && /auto|scroll/.test(style.overflowY)) scrollsY = true;
        else if (over && !scrollsY) lost = true;
        top = Math.max(top, box.top);
        bottom = Math.min(bottom, box.bottom);
      }
      if (style.position === 'fixed') break;
    }
    return { left, top, right, bottom, lost, isSeen: right - left > 1 && bottom - top > 1 };
  }

  const isSticky = (element) =>
    element !== null && (getComputedStyle(element).position === 'sticky' || isSticky(element.parentElement));

  const faults = [];
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (node.textContent.trim() === '' || isUnseen(parent) || parent.closest('svg, option, .handles') !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || rect.height < 1) continue;
      const seen = clipped(parent, rect);
      if (seen.lost) faults.push({ fault: 'text cut off', what: named(parent) });
      else if (seen.isSeen) texts.push({ parent, ...seen });
    }
  }
  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      // Lines of a paragraph are higher than they are apart.
      const isApart = width < 2 || height < 5 || one.parent === other.parent;
      if (isApart || one.parent.contains(other.parent) || other.parent.contains(one.parent)) continue;
      // What lies on top with a ground of its own hides what is below it, as panels and chips on pictures do.
      const [x, y] = [Math.max(one.left, other.left) + width / 2, Math.max(one.top, other.top) + height / 2];
      const stack = document.elementsFromPoint(x, y);
      if (!stack.includes(one.parent) || !stack.includes(other.parent)) continue;
      const upper = stack.find((element) => element === one.parent || element === other.parent);
      const lower = upper === one.parent ? other.parent : one.parent;
      const between = stack.slice(stack.indexOf(upper), stack.indexOf(lower)).filter((element) => !element.contains(lower));
      if (between.some((element) => !/transparent|, 0\\)$/.test(getComputedStyle(element).backgroundColor))) continue;
      faults.push({ fault: 'text on text', what: named(one.parent) + ' and ' + named(other.parent) });
    }
  }

  const CONTROLS = 'a[href], button, input, select, textarea, summary, [role=slider], [role=tab], [role=switch], [role=option]';
  for (const control of root.querySelectorAll(CONTROLS)) {
    if (isUnseen(control) || control.closest('[inert], .handles, [data-aria-hidden]')) continue;
    const seen = clipped(control, control.getBoundingClientRect());
    if (seen.lost) faults.push({ fault: 'text cut off', what: named(control) });
    if (!seen.isSeen) continue;
    const hit = document.elementFromPoint((seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2);
    const isMet = hit !== null && (control.contains(hit) || hit.contains(control) || hit.closest('label')?.control === control);
    if (!isMet && !isSticky(hit)) faults.push({ fault: 'control covered', what: named(control) + ' by ' + (hit ? named(hit) : 'nothing') });
  }
  for (const room of root.querySelectorAll('main, [data-pane], [role=dialog], [role=dialog] *')) {
    if (room.scrollWidth > room.clientWidth + SLACK_PX && /auto|scroll/.test(getComputedStyle(room).overflowX) && room.clientWidth > 0) {
      faults.push({ fault: 'wider than its room', what: named(room) });
    }
  }
  // Of many alike the first says enough.
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
})()`;
