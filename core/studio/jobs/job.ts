import type { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import type { TrainingHooks } from '../training/execute-training.ts';

/** What a job is wished to compute on, as its input says it; null: all cores. */
interface EngineOrder {
  readonly engine: 'auto' | Engine['name'];
  readonly threads: number | null;
}

/** What a job works with, in its own process. */
export interface JobContext extends TrainingHooks {
  /** Open for writing, under the studio's lock. */
  readonly library: Library;
  /**
   * Opens an engine, tells the studio and the work which it is and why, and frees it when the work is over. `run`: whoever goes on with it
   * uses its own engine where "auto" is wished for.
   */
  withEngine<Result>(
    order: EngineOrder,
    work: (engine: Engine, reason: string) => Promise<Result>,
    run?: Run,
  ): Promise<Result>;
}

/** Long work of one kind. */
export interface StudioJob {
  /**
   * What it returns is the job's result: plain data. Stopped by the signal before its end it throws.
   *
   * @param input checked by the job's own schema
   */
  run(input: unknown, context: JobContext): Promise<unknown>;
}

export function defineJob<Input extends z.ZodType>(
  input: Input,
  run: (input: z.output<Input>, context: JobContext) => Promise<unknown>,
): StudioJob {
  return { run: (given, context) => run(input.parse(given), context) };
}
