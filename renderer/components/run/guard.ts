import { z } from 'zod';
import { liveSettingsSchema } from '../../../core/contract/training-command.ts';
import type { RunEvent } from './useRunRecord.ts';

const findingSchema = z.object({
  guard: z.string(),
  action: z.enum(['warn', 'stop', 'rewind']),
  message: z.string(),
  remedies: z.array(z.object({ text: z.string(), changes: liveSettingsSchema })),
});

export interface Finding extends z.infer<typeof findingSchema> {
  readonly step: number;
}

/** What guards said, newest first; of each guard only its newest word. */
export function findingsOf(events: readonly RunEvent[]): Finding[] {
  const newest = new Map<string, Finding>();
  for (const { kind, step, content } of events) {
    if (kind !== 'guard') continue;
    const finding = findingSchema.safeParse(content);
    if (finding.success) newest.set(finding.data.guard, { ...finding.data, step });
  }
  return [...newest.values()].sort((left, right) => right.step - left.step);
}
