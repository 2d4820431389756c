import { importDataset } from '../data/import-dataset.ts';
import { importInputSchema } from './data-job-inputs.ts';
import { defineJob } from './job.ts';

/** Imports a folder; the result is `importReportSchema`. */
export const importJob = defineJob(importInputSchema, async ({ format, name, ...request }, context) => {
  const { library, signal, onProgress } = context;
  const report = await importDataset(
    library,
    { ...request, format: format ?? undefined, name: name ?? undefined },
    { signal, onProgress },
  );
  const skipped = report.skipped.map(({ kind: _kind, picture: _picture, ...file }) => file);
  return { datasetId: library.datasets.byName(report.dataset)?.id, ...report, skipped };
});
