import { checkFiles } from '../domains/check-files.ts';
import { checkFilesInputSchema } from './data-job-inputs.ts';
import { mustGetDatasetOf } from './job-records.ts';
import { defineJob } from './job.ts';

/** Looks for the files of a dataset; the result counts them. */
export const checkFilesJob = defineJob(checkFilesInputSchema, ({ datasetId }, context) =>
  checkFiles(context.library, mustGetDatasetOf(context.library, datasetId), context),
);
