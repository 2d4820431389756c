import { afterAll, beforeAll, expect } from 'vitest';
import {
  operationOf,
  type InputOf,
  type OperationName,
  type OutputOf,
} from '../../core/contract/contract.ts';
import { decodeImage, type DecodedImage } from '../../core/datasets/pixels/decode.ts';
import { presetNamed } from '../reference/cases.ts';
import { openStudio, type OpenStudio } from './open-studio.ts';
import { addEyes } from './studio.ts';

/** Workers that start, on a machine that may be busy. */
export const PATIENCE_MS = 300_000;

/** In each of the two datasets. */
export const IMAGES = 24;
/** Small, and quick to learn, so that a change can be seen after its few steps. */
export const config = { ...presetNamed('test'), widthPx: 28, heightPx: 18, refinerLearningRate: 0.02 };
export const size = { widthPx: config.widthPx, heightPx: config.heightPx };
/** Of the last checkpoint. */
export const step = config.steps;

/** What the tests of a file do with a studio in which a run was trained and the synthetic dataset refined. */
export interface TrainedStudio {
  readonly opened: () => OpenStudio;
  /** Of the run "first". */
  readonly firstRun: () => number;
  /** Calls an operation; what comes out is checked against the contract. */
  readonly call: <Name extends OperationName>(name: Name, input: InputOf<Name>) => Promise<OutputOf<Name>>;
  /** A training of the two datasets. */
  readonly order: (changes?: Partial<InputOf<'runs.start'>>) => Promise<InputOf<'runs.start'>>;
  /** The result of a job, when it is done. */
  readonly done: (started: { readonly jobId: number }) => Promise<unknown>;
  readonly picture: (url: string) => Promise<DecodedImage>;
}

/** Opens the studio before the tests of the file that calls this, and closes it after them. */
export function useTrainedStudio(): TrainedStudio {
  let opened: OpenStudio;
  let runId: number;

  async function call<Name extends OperationName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    return operationOf(name).output.parse(await opened.studio.call(name, input)) as OutputOf<Name>;
  }

  async function order(changes: Partial<InputOf<'runs.start'>> = {}): Promise<InputOf<'runs.start'>> {
    const datasets = await call('datasets.list', {});
    const idOf = (role: string): number => datasets.find((one) => one.role === role)?.id ?? 0;
    return {
      name: null,
      config,
      syntheticDatasetId: idOf('synthetic'),
      realDatasetId: idOf('real'),
      preprocessing: null,
      engine: 'wasm',
      threads: 1,
      ...changes,
    };
  }

  /** Waits until a run has ended. */
  async function trained(id: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const stop = opened.studio.subscribe((event) => {
        if (event.type !== 'run' || event.run.id !== id || event.run.finishedAt === null) return;
        stop();
        resolve();
      });
      void call('runs.get', { id }).then((run) => {
        if (run.finishedAt !== null) resolve();
      });
    });
  }

  async function done(started: { readonly jobId: number }): Promise<unknown> {
    const job = await opened.ended(started);
    expect(job.failure).toBeNull();
    expect(job.status).toBe('done');
    return job.result;
  }

  async function picture(url: string): Promise<DecodedImage> {
    const { status, type, body } = await opened.resource(url);
    expect([status, type]).toEqual([200, 'image/png']);
    return await decodeImage(body, url);
  }

  beforeAll(async () => {
    opened = await openStudio({ fill: (library) => addEyes(library, IMAGES) });
    await opened.client.settings.set({ engine: 'wasm', threads: 1 });
    ({ runId } = await call('runs.start', await order({ name: 'first' })));
    await trained(runId);
    await done(await call('refine.start', { runId, step }));
  }, PATIENCE_MS);
  afterAll(() => opened[Symbol.asyncDispose]());
  return { opened: () => opened, firstRun: () => runId, call, order, done, picture };
}

/** What a refused call rejects with. */
export const refusal = (code: string): unknown => expect.objectContaining({ code });
