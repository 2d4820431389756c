import type { Router } from 'vue-router';

/** What is painted first comes first. */
const PATIENCE_MS = 1_500;

/** Loads the screens that have not been opened, one at a time while there is nothing else to do, so that each opens at once. */
export async function loadViewsWhenIdle(router: Router): Promise<void> {
  await router.isReady();
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  for (const { components } of router.getRoutes()) {
    const view: unknown = components?.default;
    if (typeof view !== 'function') continue;
    await new Promise((resolve) => requestIdleCallback(resolve));
    try {
      await view();
    } catch {
      // Whoever opens it is told.
    }
  }
}
