import { int32OfBlob } from '../blobs.ts';
import { packFixedWidth } from './fixed-width-entries.ts';
import type { Migration } from './migration.ts';

/** What stood for no step. */
const NOTHING_REPLACED = -(2 ** 31);

/** The entries of the history buffer in as few bits as they need, instead of three numbers of 32 bits each. */
export const packedHistory: Migration = {
  version: 9,
  name: 'packed history',
  up(connection) {
    const steps = connection.prepare<[], { readonly runId: number; readonly step: number }>(
      'SELECT run_id AS runId, step FROM history_entries',
    );
    const entriesAt = connection.prepare<[number, number], { readonly entries: Buffer }>(
      'SELECT entries FROM history_entries WHERE run_id = ? AND step = ?',
    );
    const update = connection.prepare<[Buffer, number, number]>(
      'UPDATE history_entries SET entries = ? WHERE run_id = ? AND step = ?',
    );
    for (const { runId, step } of steps.all()) {
      const numbers = int32OfBlob(entriesAt.get(runId, step)?.entries ?? Buffer.alloc(0));
      const entries = Array.from({ length: numbers.length / 3 }, (_, index) => {
        const [slot, sourceImageId, replacedStep] = numbers.subarray(3 * index);
        return { slot, sourceImageId, replacedStep: replacedStep === NOTHING_REPLACED ? null : replacedStep };
      });
      update.run(packFixedWidth(step, entries), runId, step);
    }
  },
};
