import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { OutputOf } from '../../core/contract/contract.ts';
import { studio } from '../studio.ts';

export type LogEntry = OutputOf<'system.log'>[number];

const KEPT = 5_000;
const PAGE = 2_000;

/** What happened in the studio's processes: the newest entries. Read when the log is first looked at. */
export const useLogStore = defineStore('log', () => {
  const entries = shallowRef<readonly LogEntry[]>([]);
  const error = shallowRef<unknown>();
  let isWanted = false;
  let isReading = false;
  let isBehind = false;

  const lastNumber = (): number => entries.value.at(-1)?.number ?? 0;
  const add = (more: readonly LogEntry[]): void => {
    if (more.length > 0) entries.value = [...entries.value, ...more].slice(-KEPT);
  };

  async function read(): Promise<void> {
    isWanted = true;
    isBehind = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isBehind) {
        isBehind = false;
        const more = await studio.system.log({ after: lastNumber(), limit: PAGE });
        add(more);
        isBehind ||= more.length === PAGE;
      }
      error.value = undefined;
    } catch (caught) {
      error.value = caught;
    } finally {
      isReading = false;
    }
  }

  studio.subscribe((event) => {
    if (event.type !== 'log' || !isWanted) return;
    if (!isReading && event.entry.number === lastNumber() + 1) add([event.entry]);
    else void read();
  });
  studio.onReconnect(() => {
    // Another process may have begun to count anew.
    entries.value = [];
    if (isWanted) void read();
  });

  return { entries, error, read };
});
