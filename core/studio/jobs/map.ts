import { makeMap } from '../domains/make-map.ts';
import { mapInputSchema } from './data-job-inputs.ts';
import { defineJob } from './job.ts';

/** Makes the map; the library keeps it as the document "map". */
export const mapJob = defineJob(mapInputSchema, async (request, context) => {
  const map = await makeMap(context.library, request, context);
  context.library.documents.put('map', map);
  return { images: map.imageId.length };
});
