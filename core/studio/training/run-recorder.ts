import { relative } from 'node:path';
import type { TrainingConfig } from '../../contract/training-config.ts';
import type { CheckpointScores } from '../../library/checkpoints.ts';
import type { HistoryStep } from '../../library/history-entries.ts';
import type { Library } from '../../library/library.ts';
import type { MetricReading } from '../../library/run-metrics.ts';
import type { SavedCheckpoint } from '../../simgan/checkpoint.ts';
import { describeHealth } from '../../simgan/health.ts';
import type { HistoryEntry } from '../../simgan/history-buffer.ts';
import type { Inspection } from '../../simgan/training-job.ts';
import { readHealth } from '../runs/read-health.ts';
import { CHANGE_EVENT } from '../runs/run-config.ts';
import { mustGetRun } from '../runs/runs.ts';

const FLUSH_INTERVAL_MS = 1000;

/** Writes what a training tells into the library, a transaction a second. */
export interface RunRecorder {
  /** Last finished step; a sign of life goes with it. */
  step(step: number): void;
  metrics(step: number, values: Readonly<Record<string, number>>): void;
  history(entries: readonly HistoryEntry[]): void;
  checkpoint(step: number, saved: SavedCheckpoint, inspection: Inspection | undefined): void;
  event(step: number, kind: string, content: unknown): void;
  /** A change of the configuration; recorded together with the checkpoint that follows it, which holds it. */
  change(config: TrainingConfig): void;
  flush(): void;
}

/** `imageIds` are those of the synthetic pack, so that the history names images and not places. */
export function createRunRecorder(
  library: Library,
  runId: number,
  config: TrainingConfig,
  imageIds: Int32Array,
): RunRecorder {
  let readings: MetricReading[] = [];
  let entered: HistoryStep[] = [];
  let lastStep = mustGetRun(library, runId).step;
  let verdict = '';
  let toldVerdict = library.runEvents.list(runId, 'verdict').at(-1)?.content;
  let changed: TrainingConfig | undefined;
  let flushedMs = performance.now();

  const flush = (): void => {
    flushedMs = performance.now();
    library.transaction(() => {
      if (readings.length > 0) library.runMetrics.append(runId, readings);
      if (entered.length > 0) library.historyBuffer.append(runId, entered);
      verdict = describeHealth(readHealth(library, runId, config.driftBudget));
      library.runs.update(runId, { verdict });
      library.runs.heartbeat(runId, Math.min(Math.max(lastStep, 0), config.steps));
    });
    readings = [];
    entered = [];
  };
  return {
    step(step) {
      lastStep = step;
      if (performance.now() - flushedMs > FLUSH_INTERVAL_MS) flush();
    },
    metrics: (step, values) => void readings.push({ step, values }),
    history(entries) {
      const named = entries.map(({ slot, source, replacedStep }) => ({
        slot,
        sourceImageId: imageIds[source],
        replacedStep: replacedStep ?? null,
      }));
      entered.push({ step: entries[0].step, entries: named });
    },
    checkpoint(step, saved, inspection) {
      flush();
      const path = relative(library.runFolder(runId), saved.path).replaceAll('\\', '/');
      library.transaction(() => {
        // One that is written again has the same weights, and so the same scores.
        const scores = inspection ? scoresOf(inspection) : library.checkpoints.get(runId, step)?.scores;
        library.checkpoints.record(runId, { step, path, sha256: saved.sha256, bytes: saved.bytes });
        if (scores) library.checkpoints.setScores(runId, step, scores);
        if (changed) {
          library.runEvents.add(runId, { step, kind: CHANGE_EVENT, content: changed });
          library.runs.update(runId, { config: changed });
        }
        changed = undefined;
        if (verdict !== toldVerdict)
          library.runEvents.add(runId, { step, kind: 'verdict', content: verdict });
        toldVerdict = verdict;
      });
    },
    change: (next) => void (changed = next),
    event: (step, kind, content) => library.runEvents.add(runId, { step, kind, content }),
    flush,
  };
}

function scoresOf({ metrics, score }: Inspection): CheckpointScores {
  const drift = metrics['labels.driftP95'];
  const realism = metrics['realism.gain'];
  return {
    ...(score === undefined ? {} : { score }),
    ...(realism === undefined ? {} : { realism }),
    ...(drift === undefined ? {} : { drift }),
  };
}
