import type { Page } from 'playwright-core';
import { openEyeWindow, startRun, waitForStatus } from './eye-window.ts';
import type { StudioWindow } from './studio-window.ts';

/** A window on a library with a run of seconds, with these changes, that has ended. */
export async function openTrainedWindow(
  images: number,
  changes: Readonly<Record<string, string>> = {},
): Promise<StudioWindow & { readonly runId: number }> {
  const studio = await openEyeWindow(images);
  const runId = await startRun(studio.page, { name: 'first eyes', ...changes });
  await waitForStatus(studio.page, 'done');
  return { ...studio, runId };
}

/** Refines the dataset with the best checkpoint of a run, and waits. */
export async function refine(page: Page, runId: number): Promise<void> {
  await runJob(page, `window.studio.refine.start({ runId: ${runId}, step: null })`);
}

/** Starts a job by an expression that the page evaluates, and waits until it is done. */
async function runJob(page: Page, start: string): Promise<void> {
  const ended = await page.evaluate<string>(`(async () => {
    const { jobId } = await ${start};
    for (;;) {
      const job = await window.studio.jobs.get({ id: jobId });
      if (job.status !== 'waiting' && job.status !== 'running') return job.failure?.message ?? job.status;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })()`);
  if (ended !== 'done') throw new Error(`The job ended otherwise: ${ended}`);
}
