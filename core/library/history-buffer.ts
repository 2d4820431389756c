import type { Connection } from './connection.ts';
import {
  entriesOf,
  packStep,
  splitSteps,
  type HistoryEntry,
  type HistoryStep,
  type RecordedStep,
} from './history-entries.ts';

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
  /** What entered in a step, by slot. */
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

/** Steps of one row: at a batch of 512 such a row fills its pages to 97 %, where a step a row would leave a quarter empty. */
const BLOCK_STEPS = 64;

interface Row {
  readonly block: number;
  readonly steps: Buffer;
}

/**
 * One row per block of steps, their bytes one after the other (see history-entries.ts). The content of the buffer at a
 * step is found by walking back until every filled slot was seen, which random replacement ends after a few times
 * capacity / (b/2) steps.
 */
export function historyBufferTable(connection: Connection): HistoryBuffer {
  const upsert = connection.prepare<[number, number, Buffer]>(
    `INSERT INTO history_blocks (run_id, block, steps) VALUES (?, ?, ?)
     ON CONFLICT (run_id, block) DO UPDATE SET steps = excluded.steps`,
  );
  const lastUpTo = connection.prepare<[number, number], Row>(
    'SELECT block, steps FROM history_blocks WHERE run_id = ? AND block <= ? ORDER BY block DESC LIMIT 1',
  );
  const first = connection.prepare<[number], Row>(
    'SELECT block, steps FROM history_blocks WHERE run_id = ? ORDER BY block LIMIT 1',
  );
  const truncate = connection.prepare<[number, number]>(
    'DELETE FROM history_blocks WHERE run_id = ? AND block >= ?',
  );

  /** What is on record from a step backwards. */
  function* backFrom(runId: number, step: number): Generator<RecordedStep, undefined> {
    for (let row = lastUpTo.get(runId, blockOf(step)); row; row = lastUpTo.get(runId, row.block - 1)) {
      yield* splitSteps(row.steps)
        .filter((recorded) => recorded.step <= step)
        .reverse();
    }
    return undefined;
  }

  const newest = (runId: number, step: number): RecordedStep | undefined =>
    backFrom(runId, step).next().value;

  /** Adds steps behind those that are there. */
  const add = (runId: number, steps: readonly RecordedStep[]): void => {
    for (const [block, added] of Map.groupBy(steps, ({ step }) => blockOf(step))) {
      const row = lastUpTo.get(runId, block);
      const before = row?.block === block ? [row.steps] : [];
      upsert.run(runId, block, Buffer.concat([...before, ...added.map(({ bytes }) => bytes)]));
    }
  };

  const truncateAfter = (runId: number, step: number): void =>
    connection.transaction(() => {
      const block = blockOf(step);
      const row = lastUpTo.get(runId, block);
      truncate.run(runId, block);
      if (row?.block !== block) return;
      add(
        runId,
        splitSteps(row.steps).filter((recorded) => recorded.step <= step),
      );
    });

  const atStep = (runId: number, step: number): HistorySlot[] => {
    const found = new Map<number, HistorySlot>();
    let filled = Infinity;
    for (const recorded of backFrom(runId, step)) {
      if (filled === Infinity) ({ filled } = recorded);
      // The last one to enter a slot within a step is the one that stayed.
      for (const entry of entriesOf(recorded).reverse()) {
        if (!found.has(entry.slot)) found.set(entry.slot, { ...entry, enteredStep: recorded.step });
      }
      if (found.size >= filled) break;
    }
    return [...found.values()].sort((left, right) => left.slot - right.slot);
  };
  return {
    append: (runId, steps) =>
      connection.transaction(() => {
        let last = newest(runId, Infinity);
        const added: RecordedStep[] = [];
        for (const { step, entries } of steps) {
          const filled =
            (last?.filled ?? 0) + entries.filter(({ replacedStep }) => replacedStep === null).length;
          const before = last?.step === step ? entriesOf(last) : [];
          if (last?.step === step && added.pop() === undefined) truncateAfter(runId, step - 1);
          last = packStep({ step, entries: [...before, ...entries] }, filled);
          added.push(last);
        }
        add(runId, added);
      }),
    entered(runId, step) {
      const recorded = newest(runId, step);
      return recorded?.step === step ? entriesOf(recorded) : [];
    },
    atStep,
    inherit: (runId, parentRunId, step) =>
      connection.transaction(() => {
        const slots = atStep(parentRunId, step);
        const bySteps = [...Map.groupBy(slots, ({ enteredStep }) => enteredStep)].sort(
          ([left], [right]) => left - right,
        );
        add(
          runId,
          bySteps.map(([enteredStep, entries]) => packStep({ step: enteredStep, entries }, slots.length)),
        );
      }),
    range(runId) {
      const row = first.get(runId);
      const last = newest(runId, Infinity);
      return row && last ? { first: splitSteps(row.steps)[0].step, last: last.step } : undefined;
    },
    truncateAfter,
  };
}

/** The row that a step is in. */
export const blockOf = (step: number): number => Math.floor(step / BLOCK_STEPS);
