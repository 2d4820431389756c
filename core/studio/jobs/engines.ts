import { z } from 'zod';
import { listEngines } from '../../engine/choose-engine.ts';
import { defineJob } from './job.ts';

/** Tries every engine and measures it anew; the result is what is known of each. */
export const enginesJob = defineJob(z.strictObject({}), async (_input, { onNote }) => {
  onNote('Trying every engine, each in a process of its own.');
  return await listEngines({ fresh: true });
});
