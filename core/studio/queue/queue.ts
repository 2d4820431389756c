import { randomUUID } from 'node:crypto';
import { StudioError } from '../../base/studio-error.ts';
import type { Dataset } from '../../library/datasets.ts';
import type { Library } from '../../library/library.ts';
import { isProcessAlive } from '../../library/process-alive.ts';
import { effectiveStatus, type EffectiveRunStatus } from '../../library/run-status.ts';
import type { Run } from '../../library/runs.ts';
import type { EngineWish } from '../training/engine-wish.ts';
import { readQueueRequests, sendQueueRequest, setAsideDamagedRequests } from './queue-inbox.ts';
import { orderOf, recordOrigin, type TrainingOrder } from '../runs/run-origin.ts';
import type { TrainingRequest } from '../training/training-run.ts';

/**
 * Leaves a training for the queue; nothing but reading is done in the library, so that it may be open elsewhere.
 * Returns the name that the run will have.
 * @throws StudioError 'busy' where the name is taken, 'bad-usage' where the batch is larger than a dataset
 */
export async function requestTraining(
  library: Library,
  request: TrainingRequest,
  wish: EngineWish,
): Promise<string> {
  const order = orderFrom(library, request, wish);
  await sendQueueRequest(library.folder, { kind: 'add', order });
  return order.name;
}

/** Puts a training on record as queued, for whoever has the library open for writing. Throws as `requestTraining`. */
export function queueTraining(library: Library, request: TrainingRequest, wish: EngineWish): Run {
  return addOrder(library, orderFrom(library, request, wish));
}

function orderFrom(library: Library, request: TrainingRequest, wish: EngineWish): TrainingOrder {
  const { config, synthetic, real, preprocessing } = request;
  refuseTooFew(library, synthetic, undefined, config.batchSize);
  refuseTooFew(library, real, 'train', config.batchSize);
  return {
    id: randomUUID(),
    name: chooseName(library, request.name),
    config,
    syntheticDatasetId: synthetic.id,
    realDatasetId: real.id,
    preprocessing,
    ...wish,
  };
}

function refuseTooFew(
  library: Library,
  dataset: Dataset,
  split: 'train' | undefined,
  batchSize: number,
): void {
  const usable = library.imageSearch
    .counts()
    .filter((count) => count.datasetId === dataset.id && (split === undefined || count.split === split))
    .reduce((sum, { inUse }) => sum + inUse, 0);
  if (usable >= batchSize) return;
  throw new StudioError(
    'bad-usage',
    `A batch of ${batchSize} is larger than what "${dataset.name}" has for training: ${usable} images.`,
    { remedy: `Set the batch size to ${usable - (usable % 2)} or less, or import more images.` },
  );
}

function chooseName(library: Library, wished: string | undefined): string {
  const waiting = waitingOrders(library);
  const isTaken = (name: string): boolean =>
    library.runs.byName(name) !== undefined || waiting.some((order) => order.name === name);
  if (wished !== undefined) {
    if (!isTaken(wished)) return wished;
    throw new StudioError('busy', `There is a run named "${wished}" already.`, {
      remedy: 'Choose another name.',
      details: { name: wished },
    });
  }
  for (let number = (library.runs.latest()?.id ?? 0) + 1; ; number++) {
    if (!isTaken(`run ${number}`)) return `run ${number}`;
  }
}

/** Orders that nobody has taken in yet, and that were not taken back. */
function waitingOrders(library: Library): TrainingOrder[] {
  let orders: TrainingOrder[] = [];
  for (const { request } of readQueueRequests(library.folder)) {
    if (request.kind === 'add') orders.push(request.order);
    else orders = orders.filter(({ name }) => name !== request.name);
  }
  return orders;
}

/**
 * Makes runs of the orders that wait, and takes those out that shall go. For whoever has the library for writing.
 *
 * @param onNote told of every request that cannot be read and was set aside
 */
export function takeInRequests(library: Library, onNote: (text: string) => void): void {
  setAsideDamagedRequests(library.folder).forEach(onNote);
  for (const { request, done } of readQueueRequests(library.folder)) {
    if (request.kind === 'add') addOrder(library, request.order);
    else removeFromQueue(library, request.name);
    done();
  }
}

/** A queued run of an order; one that was taken in before is found again. */
export function addOrder(library: Library, order: TrainingOrder): Run {
  return library.transaction(() => {
    const same = library.runs.list().find(({ id }) => orderOf(library, id)?.id === order.id);
    if (same) return same;
    // The name may have been given away meanwhile, to a run that was not queued.
    const isFree = library.runs.byName(order.name) === undefined;
    const { config } = order;
    const run = library.runs.add({
      ...(isFree ? { name: order.name } : {}),
      config,
      syntheticPackId: null,
      realPackId: null,
      totalSteps: config.steps,
    });
    recordOrigin(library, run.id, 'order', order);
    return run;
  });
}

/**
 * Takes a run out of the queue that waits, or whose process died; what has trained already is kept as stopped. Any other
 * run stays.
 */
export function removeFromQueue(library: Library, name: string): void {
  library.transaction(() => {
    const run = library.runs.byName(name);
    if (!run || !mayLeave(statusOf(run))) return;
    const hasBegun = run.status !== 'queued' || library.checkpoints.latest(run.id) !== undefined;
    if (hasBegun) library.runs.setStatus(run.id, 'stopped');
    else library.runs.remove(run.id);
  });
}

const mayLeave = (status: QueueItem['status']): boolean =>
  status === 'requested' || status === 'queued' || status === 'interrupted';

const statusOf = (run: Run): EffectiveRunStatus => effectiveStatus(run, Date.now(), isProcessAlive);

/** A training in the queue. */
export interface QueueItem {
  readonly name: string;
  /** `requested`: waits for whoever opens the library for writing next. */
  readonly status: 'requested' | EffectiveRunStatus;
  readonly step: number;
  readonly steps: number;
  readonly synthetic: string;
  readonly real: string;
  readonly engine: string;
}

/** What the queue will work off, in that order, with what is at work now. */
export function listQueue(library: Library): QueueItem[] {
  const requests = readQueueRequests(library.folder).map(({ request }) => request);
  const leaving = new Set(requests.flatMap((request) => (request.kind === 'remove' ? [request.name] : [])));
  const taken = inTurn(library).filter((run) => !(leaving.has(run.name) && mayLeave(statusOf(run))));
  const itemOf = (
    order: Omit<TrainingOrder, 'config'>,
    facts: Pick<QueueItem, 'name' | 'status' | 'step' | 'steps'>,
  ): QueueItem => ({
    ...facts,
    synthetic: datasetName(library, order.syntheticDatasetId),
    real: datasetName(library, order.realDatasetId),
    engine: order.engine,
  });
  return [
    ...taken.flatMap((run) => {
      const order = orderOf(library, run.id);
      const { name, step, totalSteps: steps } = run;
      return order ? [itemOf(order, { name, status: statusOf(run), step, steps })] : [];
    }),
    ...waitingOrders(library)
      .filter(({ name }) => !taken.some((run) => run.name === name))
      .map((order) =>
        itemOf(order, { name: order.name, status: 'requested', step: 0, steps: order.config.steps }),
      ),
  ];
}

function datasetName(library: Library, id: number): string {
  return library.datasets.get(id)?.name ?? 'removed';
}

/** Runs that came by the queue and are not at their end: those that have begun first. */
export function inTurn(library: Library): Run[] {
  const begun = library.runs.list().filter((run) => isAtWork(run) && orderOf(library, run.id) !== undefined);
  const queued = library.runs.queue().filter((run) => orderOf(library, run.id) !== undefined);
  const hasBegun = (run: Run): boolean => library.checkpoints.latest(run.id) !== undefined;
  return [...begun, ...queued.filter(hasBegun), ...queued.filter((run) => !hasBegun(run))];
}

/** Whether a process is at work on it, or should be. */
export function isAtWork({ status }: Run): boolean {
  return status !== 'queued' && status !== 'done' && status !== 'stopped' && status !== 'failed';
}

/**
 * Takes a training out of the queue, at once or when the library is free.
 * @throws StudioError 'not-found' naming what the queue holds
 */
export async function requestRemoval(library: Library, name: string): Promise<void> {
  const items = listQueue(library).filter(({ status }) => mayLeave(status));
  if (!items.some((item) => item.name === name)) {
    const names = items.map((item) => `"${item.name}"`).join(', ');
    throw new StudioError('not-found', `There is no "${name}" waiting in the queue.`, {
      remedy: names ? `These wait: ${names}.` : 'The queue is empty.',
      details: { name },
    });
  }
  await sendQueueRequest(library.folder, { kind: 'remove', name });
}

const HELD = 'queue-held';

/** The queue does not start by itself when the library is opened: its user stopped or paused what it trained. */
export const holdQueue = (library: Library): void => library.documents.put(HELD, true);

/** The queue was asked to start. */
export const releaseQueue = (library: Library): void => library.documents.remove(HELD);

export const isQueueHeld = (library: Library): boolean => library.documents.get(HELD) !== undefined;

/**
 * Runs that were paused when their process ended wait to be resumed: they are not trained as the queue's interrupted
 * runs are. For whoever has the library open for writing, before any training begins. Returns those runs.
 */
export function keepPausedStopped(library: Library): Run[] {
  const paused = library.runs
    .list()
    .filter((run) => run.status === 'paused' && statusOf(run) === 'interrupted');
  for (const { id, step } of paused) {
    library.runs.setStatus(
      id,
      'stopped',
      `It was paused at step ${step} when the studio ended. Resume it to train on.`,
    );
  }
  return paused;
}
