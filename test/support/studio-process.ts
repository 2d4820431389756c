import { openLibrary } from '../../core/library/library.ts';
import type { JobOrder } from '../../core/studio/service/jobs.ts';
import { jobsOf } from './running-jobs.ts';

// A studio in a process of its own, to be killed: opens a library, serves its jobs, starts the one that it is sent, and
// sends what is told of jobs and trainings.
const library = openLibrary(process.argv[2], { access: 'write' });
const running = jobsOf(library);
running.onEvent((event) => process.send?.(event));
process.on('message', (order) => void running.jobs.start(order as JobOrder));
process.on('disconnect', () => process.exit());
