import type { z } from 'zod';
import type { jobKindSchema, jobSchema } from '../../contract/operations/jobs.ts';

export type Job = z.infer<typeof jobSchema>;
export type JobKind = z.infer<typeof jobKindSchema>;

/**
 * Where a job runs: each lane is a process of its own with one job at a time, the others waiting. `engine` holds
 * TensorFlow.js; `data` reads and writes files, so that images can be imported while a run trains.
 */
export type JobLane = 'engine' | 'data';

export interface JobOrder {
  readonly kind: JobKind;
  /** "Importing renders" */
  readonly title: string;
  readonly lane: JobLane;
  readonly runId?: number;
  /** Plain data, parsed by the job's own schema in its process; paths are absolute. */
  readonly input: unknown;
}

/** Long work of the open library: recorded, run in a worker process, told about by events. */
export interface Jobs {
  start(order: JobOrder): Job;
  /** "not-found" where there is none. */
  get(id: number): Job;
  list(): Job[];
  cancel(id: number): void;
  clear(): void;
  /** Called when a job has ended in any way. Returns a function that ends the subscription. */
  onEnded(listener: (job: Job) => void): () => void;
  /** What the job at work computes on, or the last one did; null before the first. */
  engine(): EngineInUse | null;
  /** Resident memory of the processes that do the work, together. */
  memoryBytes(): number;
}

export interface EngineInUse {
  readonly name: string;
  readonly device: string;
  /** Why it was chosen. */
  readonly reason: string;
}

/** The jobs of one open library. */
export interface RunningJobs extends Jobs {
  /**
   * Stops the jobs at work politely: a training saves a checkpoint and goes back into the queue, what keeps nothing
   * half done is as it was before. Those that wait stay on record, for when the library is opened again.
   */
  close(): Promise<void>;
}
