import { verifyExport } from '../../datasets/exporters/verify-export.ts';
import { describeVerifyReport } from '../../datasets/exporters/verify-report.ts';
import { defineJob } from './job.ts';
import { verifyInputSchema } from './run-job-inputs.ts';

/** Checks an export against its manifest; the result is what was found, and the same in words. */
export const verifyJob = defineJob(verifyInputSchema, async ({ folder }, { signal, onProgress }) => {
  const report = await verifyExport(folder, { signal, onProgress });
  return { ...report, text: describeVerifyReport(report) };
});
