import { afterEach } from 'vitest';
import { shownInWindows } from './window-page.ts';

/** Adds what the windows show to the report of a test that failed: on another machine there is nothing else to look at. */
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  const shown = await shownInWindows();
  if (shown !== '') throw new Error(`The window showed ${shown}`);
});
