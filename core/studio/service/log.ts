import type { z } from 'zod';
import type { logEntrySchema } from '../../contract/operations/studio.ts';

export type LogEntry = z.infer<typeof logEntrySchema>;

/** What happened in the studio's processes, for the log panel: the newest entries, numbered. */
export interface Log {
  add(level: LogEntry['level'], source: string, text: string): void;
  /** Entries with a number above `after`, oldest first. */
  since(after: number, limit: number): LogEntry[];
}

const KEPT = 5_000;

/** @param onEntry told of every entry, to show it and to write it to a file */
export function createLog(onEntry: (entry: LogEntry) => void): Log {
  const entries: LogEntry[] = [];
  let number = 0;
  return {
    add(level, source, text) {
      number += 1;
      const entry = { number, at: new Date().toISOString(), level, source, text };
      entries.push(entry);
      if (entries.length > KEPT) entries.splice(0, entries.length - KEPT);
      onEntry(entry);
    },
    since: (after, limit) => entries.filter((entry) => entry.number > after).slice(0, limit),
  };
}
