import { StudioError } from '../../../base/studio-error.ts';
import type { LiveSettings } from '../../../contract/training-command.ts';
import type { Run } from '../../../library/runs.ts';
import { sendCommand } from '../../training/control-inbox.ts';
import {
  preflightInputSchema,
  probeInputSchema,
  proveInputSchema,
  trainInputSchema,
} from '../../jobs/run-job-inputs.ts';
import { gridOf, parseSettingLists } from '../../probe/probe-settings.ts';
import { queueTraining, removeFromQueue } from '../../queue/queue.ts';
import { runOverview } from '../../runs/run-overview.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { checkpointOf, refuseAtWork, runOf, statusOf } from './lookup.ts';
import { engineOfSettings, requestOf, runOrderOf, wishOf } from './run-orders.ts';
import { trainQueue, workQueue } from './train-job.ts';

type RunActions = Pick<
  HandlersOf<'runs'>['runs'],
  | 'preflight'
  | 'start'
  | 'resume'
  | 'branch'
  | 'command'
  | 'workQueue'
  | 'dequeue'
  | 'prove'
  | 'probe'
  | 'update'
>;

/** Statuses in which a training takes commands. */
const LISTENING: ReadonlySet<string> = new Set(['warming', 'running', 'paused']);

export function runActions(context: StudioContext): RunActions {
  return {
    preflight(order) {
      const library = context.library();
      const input = preflightInputSchema.parse({
        order: runOrderOf(library, order),
        power: context.shell.power(),
      });
      const title = 'Checking before training';
      return { jobId: context.jobs.start({ kind: 'preflight', title, lane: 'engine', input }).id };
    },
    start(order) {
      const library = context.library();
      const run = queueTraining(library, requestOf(library, order), wishOf(order));
      publishRun(context, run.id);
      trainQueue(context, run);
      return { runId: run.id };
    },
    resume({ id, steps, settings }) {
      const run = runOf(context.library(), id);
      refuseAtWork(run, 'gone on with');
      if (run.status === 'queued') {
        refuseChanges(run, steps, settings);
        return { jobId: trainQueue(context, run).id };
      }
      const input = trainInputSchema.parse({
        what: 'resume',
        runId: id,
        ...{ steps, settings },
        ...engineOfSettings(context),
      });
      const title = `Going on with ${run.name}`;
      return { jobId: context.jobs.start({ kind: 'train', title, lane: 'engine', runId: id, input }).id };
    },
    branch({ id, step, name, steps, settings }) {
      const { run } = checkpointOf(context.library(), id, step);
      const input = trainInputSchema.parse({
        what: 'branch',
        runId: id,
        ...{ step, name, steps, settings },
        ...engineOfSettings(context),
      });
      const title = `Training a branch of ${run.name} from step ${step}`;
      return { jobId: context.jobs.start({ kind: 'train', title, lane: 'engine', runId: id, input }).id };
    },
    async command({ id, command }) {
      const library = context.library();
      const run = runOf(library, id);
      const status = statusOf(run);
      if (!LISTENING.has(status)) {
        throw new StudioError('bad-usage', `${run.name} is ${status}: nobody listens.`, {
          remedy:
            status === 'preflight'
              ? 'Wait until it trains, or cancel its job.'
              : 'Go on with it first, or start a new run.',
          details: { runId: id },
        });
      }
      await sendCommand(library.runFolder(id), command);
      return {};
    },
    workQueue: () => ({ jobId: workQueue(context).id }),
    dequeue({ id }) {
      const library = context.library();
      const run = runOf(library, id);
      const status = statusOf(run);
      if (status !== 'queued' && status !== 'interrupted') {
        throw new StudioError('bad-usage', `${run.name} does not wait in the queue: it is ${status}.`, {
          remedy: 'Stop it instead.',
          details: { runId: id },
        });
      }
      removeFromQueue(library, run.name);
      if (library.runs.get(id)) publishRun(context, id);
      else context.publish({ type: 'run-removed', runId: id });
      return {};
    },
    prove({ id }) {
      const run = runOf(context.library(), id);
      const input = proveInputSchema.parse({ runId: id, ...engineOfSettings(context) });
      const title = `Proving ${run.name}`;
      return { jobId: context.jobs.start({ kind: 'prove', title, lane: 'engine', runId: id, input }).id };
    },
    probe({ order, grid, steps }) {
      const library = context.library();
      const variants = gridOf(parseSettingLists(grid));
      const input = probeInputSchema.parse({
        order: runOrderOf(library, { ...order, config: { ...order.config, steps } }),
        variants,
      });
      const title = `Probing ${variants.length} variants`;
      return { jobId: context.jobs.start({ kind: 'probe', title, lane: 'engine', input }).id };
    },
    update({ id, trashed, ...changes }) {
      const library = context.library();
      const run = runOf(library, id);
      if (trashed === true) refuseTrash(run);
      library.runs.update(id, {
        ...changes,
        ...(trashed === undefined ? {} : { trashedAt: trashed ? new Date().toISOString() : null }),
      });
      publishRun(context, id);
      return {};
    },
  };
}

function publishRun(context: StudioContext, id: number): void {
  const run = runOverview(context.library(), id);
  if (run) context.publish({ type: 'run', run });
}

/** A run in the queue trains as it was ordered. */
function refuseChanges(run: Run, steps: number | null, settings: LiveSettings): void {
  if (steps === null && Object.keys(settings).length === 0) return;
  throw new StudioError('busy', `${run.name} waits in the queue: its settings cannot be changed now.`, {
    remedy: 'Change them when it trains, or take it out of the queue first.',
    details: { runId: run.id },
  });
}

function refuseTrash(run: Run): void {
  refuseAtWork(run, 'put into the trash');
  if (run.status !== 'queued') return;
  throw new StudioError('busy', `${run.name} waits in the queue.`, {
    remedy: 'Take it out of the queue first.',
    details: { runId: run.id },
  });
}
