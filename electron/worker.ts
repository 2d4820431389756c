import { launchProbesBy } from '../core/engine/probe/probe-process.ts';
import { parentLine } from '../core/jobs/worker-port.ts';
import { serveJobs } from '../core/jobs/worker.ts';
import { workerHandlers } from '../core/studio/jobs/worker-handlers.ts';
import { splitLine } from './child-relay.ts';

// The entry of a worker in Electron's utility process: as core/host/worker.ts, but for engines, whose processes only the
// main process can start.
const { port, launchChild } = splitLine(parentLine());
launchProbesBy(launchChild);
serveJobs(port, workerHandlers);
