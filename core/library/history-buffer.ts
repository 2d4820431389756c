import type { Connection } from './connection.ts';
import { packEntries, unpackEntries, type HistoryEntry } from './history-entries.ts';

/** What entered in one step. */
export interface HistoryStep {
  readonly step: number;
  readonly entries: readonly HistoryEntry[];
}

/** What a slot of the buffer held. */
export interface HistorySlot {
  readonly slot: number;
  readonly sourceImageId: number;
  readonly enteredStep: number;
  /** As in `HistoryEntry`. */
  readonly replacedStep: number | null;
}

export interface AgeHistogram {
  /** Bin i counts images of age i · binSteps up to (i + 1) · binSteps − 1 steps. */
  readonly binSteps: number;
  readonly counts: readonly number[];
}

export interface HistoryBuffer {
  /** Adds steps in ascending order. More entries of a step that is there are added to it. */
  append(runId: number, steps: readonly HistoryStep[]): void;
  /** What entered in a step, in the order of entering. */
  entered(runId: number, step: number): HistoryEntry[];
  /** The whole buffer as it was after a step, by slot. */
  atStep(runId: number, step: number): HistorySlot[];
  /** Gives a branch the buffer of its parent as it was after a step, so that it can be seen whole from there on. */
  inherit(runId: number, parentRunId: number, step: number): void;
  /** First and last step on record. */
  range(runId: number): { readonly first: number; readonly last: number } | undefined;
  /** Forgets what comes after a step. */
  truncateAfter(runId: number, step: number): void;
}

/** How long the images in the buffer after a step had been there, in at most `bins` bins. */
export function ageHistogram(slots: readonly HistorySlot[], step: number, bins: number): AgeHistogram {
  const ages = slots.map(({ enteredStep }) => step - enteredStep);
  const oldest = ages.reduce((largest, age) => Math.max(largest, age), 0);
  const binSteps = Math.ceil((oldest + 1) / bins);
  const counts = new Array<number>(Math.floor(oldest / binSteps) + 1).fill(0);
  for (const age of ages) counts[Math.floor(age / binSteps)]++;
  return { binSteps, counts };
}

/** Steps that `atStep` reads at a time on its way back. */
const PAGE_STEPS = 128;

interface Row {
  readonly step: number;
  readonly filled: number;
  readonly entries: Buffer;
}

/**
 * One row per step: its entries (see history-entries.ts), and how many slots were filled after it. The content of
 * the buffer at a step is found by walking back until every filled slot was seen, which random replacement ends after
 * a few times capacity / (b/2) steps.
 */
export function historyBufferTable(connection: Connection): HistoryBuffer {
  const upsert = connection.prepare<[number, number, number, Buffer]>(
    `INSERT INTO history_entries (run_id, step, filled, entries) VALUES (?, ?, ?, ?)
     ON CONFLICT (run_id, step) DO UPDATE SET filled = excluded.filled, entries = excluded.entries`,
  );
  const back = connection.prepare<[number, number, number], Row>(
    `SELECT step, filled, entries FROM history_entries WHERE run_id = ? AND step <= ?
     ORDER BY step DESC LIMIT ?`,
  );
  const range = connection.prepare<[number], { first: number; last: number }>(
    'SELECT min(step) AS first, max(step) AS last FROM history_entries WHERE run_id = ? HAVING count(*) > 0',
  );
  const truncate = connection.prepare<[number, number]>(
    'DELETE FROM history_entries WHERE run_id = ? AND step > ?',
  );

  const atStep = (runId: number, step: number): HistorySlot[] => {
    const found = new Map<number, HistorySlot>();
    let filled = Infinity;
    for (let before = step; found.size < filled;) {
      const rows = back.all(runId, before, PAGE_STEPS);
      if (filled === Infinity) filled = rows.at(0)?.filled ?? 0;
      for (const row of rows) {
        // The last one to enter a slot within a step is the one that stayed.
        for (const entry of unpackEntries(row.step, row.entries).reverse()) {
          if (!found.has(entry.slot)) found.set(entry.slot, { ...entry, enteredStep: row.step });
        }
      }
      if (rows.length < PAGE_STEPS) break;
      before = rows[rows.length - 1].step - 1;
    }
    return [...found.values()].sort((left, right) => left.slot - right.slot);
  };
  return {
    append: (runId, steps) =>
      connection.transaction(() => {
        for (const { step, entries } of steps) {
          const last = back.get(runId, step, 1);
          const filled =
            (last?.filled ?? 0) + entries.filter(({ replacedStep }) => replacedStep === null).length;
          const before = last?.step === step ? unpackEntries(step, last.entries) : [];
          upsert.run(runId, step, filled, packEntries(step, [...before, ...entries]));
        }
      }),
    entered(runId, step) {
      const row = back.get(runId, step, 1);
      return row?.step === step ? unpackEntries(step, row.entries) : [];
    },
    atStep,
    inherit: (runId, parentRunId, step) =>
      connection.transaction(() => {
        const slots = atStep(parentRunId, step);
        const bySteps = Map.groupBy(slots, ({ enteredStep }) => enteredStep);
        for (const [enteredStep, entries] of bySteps) {
          upsert.run(runId, enteredStep, slots.length, packEntries(enteredStep, entries));
        }
      }),
    range: (runId) => range.get(runId),
    truncateAfter: (runId, step) => void truncate.run(runId, step),
  };
}
