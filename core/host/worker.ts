import { serveJobs } from '../jobs/worker.ts';
import { parentLine } from '../jobs/worker-port.ts';
import { workerHandlers } from '../studio/jobs/worker-handlers.ts';

// The entry of a worker process.

// What third parties still do in an old way is no news to a user.
process.noDeprecation = true;
// Ctrl-C in a terminal reaches it, too; what it means is for the studio to say.
process.on('SIGINT', () => undefined);
serveJobs(parentLine(), workerHandlers);
