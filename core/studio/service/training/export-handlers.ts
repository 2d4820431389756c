import { exportInputSchema, verifyInputSchema } from '../../jobs/run-job-inputs.ts';
import { exportCommandLine, previewExport } from '../../export/export-preview.ts';
import { quoteForShell } from '../../training/train-command-line.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { requireWithinRoots } from '../system/roots.ts';
import { checkpointOf } from './lookup.ts';

export function exportHandlers(context: StudioContext): HandlersOf<'export'> {
  return {
    export: {
      preview({ runId, step, draw, ...order }) {
        const library = context.library();
        const { run, checkpoint } = checkpointOf(library, runId, step);
        const request = { ...order, driftBudgetPx: order.driftBudgetPx ?? undefined };
        const preview = previewExport(library, run, checkpoint, request, draw);
        const words = exportCommandLine(library, run, checkpoint, request);
        return { ...preview, commandLine: quoteForShell(words) };
      },
      start({ folder, ...order }) {
        const { run, checkpoint } = checkpointOf(context.library(), order.runId, order.step);
        const input = exportInputSchema.parse({
          ...order,
          folder: requireWithinRoots(context.shell, folder),
        });
        const title = `Exporting ${run.name}, step ${checkpoint.step}`;
        const job = context.jobs.start({ kind: 'export', title, lane: 'data', runId: run.id, input });
        return { jobId: job.id };
      },
      list() {
        const library = context.library();
        const names = new Map(library.runs.list().map(({ id, name }) => [id, name]));
        return library.exports
          .list()
          .map(({ id, runId, step, folder, formats, imageCount, annotationCount, createdAt }) => ({
            ...{ id, runId, step, folder, createdAt },
            run: names.get(runId) ?? '',
            formats: [...formats],
            images: imageCount,
            annotations: annotationCount,
          }))
          .reverse();
      },
      verify({ folder }) {
        const input = verifyInputSchema.parse({ folder: requireWithinRoots(context.shell, folder) });
        const title = `Verifying ${folder}`;
        return { jobId: context.jobs.start({ kind: 'verify', title, lane: 'data', input }).id };
      },
    },
  };
}
