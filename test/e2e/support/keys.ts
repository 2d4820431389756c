import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

const MOST_TABS = 150;

/** Hands of somebody who has no mouse: nothing here sets a focus or a value but by pressing keys. */
export interface Keys {
  readonly press: (...keys: string[]) => Promise<void>;
  readonly type: (words: string) => Promise<void>;
  /** Goes on by Tab until a control has the focus. */
  readonly tabTo: (control: Locator) => Promise<void>;
  /** Presses a button, as soon as it can be. */
  readonly activate: (button: Locator) => Promise<void>;
  /** Replaces what is in a field. */
  readonly fill: (field: Locator, words: string) => Promise<void>;
}

export function keysOf(page: Page): Keys {
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const tabTo = async (control: Locator): Promise<void> => {
    await control.first().waitFor();
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if ((await control.and(page.locator(':focus')).count()) > 0) return;
      await press('Tab');
    }
    throw new Error(`${MOST_TABS} Tabs do not reach ${String(control)}.`);
  };
  return {
    press,
    type: (words) => page.keyboard.type(words),
    tabTo,
    async activate(button) {
      await expect.poll(() => button.getAttribute('aria-disabled')).toBeNull();
      await tabTo(button);
      await press('Enter');
    },
    async fill(field, words) {
      await tabTo(field);
      await press('Control+a');
      await page.keyboard.type(words);
    },
  };
}
