import type { TrainingConfig } from '../contract/training-config.ts';
import { createSimGan, type SimGan } from './algorithm-1.ts';
import { removeAfter, restoreRun, type LoadedCheckpoint, type Ranking } from './checkpoint.ts';
import type { DataSources } from './iteration.ts';
import { rewindable, type RewindableSource } from './step-border.ts';
import type { TrainingJob } from './training-job.ts';

/** Of one step, by metric name. */
export type Readings = Readonly<Record<string, number>>;

/** All that changes while a run goes on. */
export interface Session {
  gan: SimGan;
  sources: DataSources<RewindableSource>;
  /** Pieces of work done. */
  position: number;
  savedPosition: number;
  ranking: Ranking;
  /** What the last step measured, until what follows from it has been done: evaluation, guards, checkpoint. */
  unjudged: Readings | undefined;
}

export async function openSession(
  job: TrainingJob,
  config: TrainingConfig,
  checkpoint: LoadedCheckpoint | undefined,
): Promise<Session> {
  const gan = createSimGan(config, checkpoint?.state.historyBits ?? job.historyBits);
  try {
    if (checkpoint) await restoreRun(gan, checkpoint, job.runFolder);
    await removeAfter(job.runFolder, checkpoint?.step ?? -Infinity);
  } catch (error) {
    gan.dispose();
    throw error;
  }
  const position = checkpoint?.state.position ?? 0;
  const sources = job.openSources(checkpoint);
  return {
    gan,
    sources: { synthetic: rewindable(sources.synthetic), real: rewindable(sources.real) },
    position,
    savedPosition: checkpoint ? position : -1,
    ranking: checkpoint?.state.ranking ?? { worse: 0 },
    unjudged: checkpoint?.state.unjudged,
  };
}
