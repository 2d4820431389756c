import { app, powerMonitor } from 'electron';
import { z } from 'zod';
import type { OrderedKills } from './ordered-kills.ts';

/** What a second start hands to the first one. */
const secondStartSchema = z.object({ library: z.string().nullable() });

export type SecondStart = z.infer<typeof secondStartSchema>;

export interface SystemEventParts {
  readonly show: () => void;
  readonly openLibrary: (folder: string) => void;
  readonly requestQuit: () => void;
  /** Saves and ends without asking. */
  readonly closeNow: () => void;
  readonly isClosed: () => boolean;
  /** The computer goes to sleep. */
  readonly onSuspend: () => void;
  readonly orderedKills: Pick<OrderedKills, 'take'>;
  readonly log: (text: string) => void;
}

/** Follows what the system tells a program: started again, brought to the front, quit, sent to sleep, shut down. */
export function followSystem(parts: SystemEventParts): void {
  app.on('second-instance', (_, _words, _workingFolder, handedOver) => {
    const folder = secondStartSchema.safeParse(handedOver).data?.library ?? undefined;
    if (folder === undefined) parts.show();
    else parts.openLibrary(folder);
  });
  app.on('activate', parts.show);
  // Quitting is decided when a window is about to close; by then everything is saved, or the tray has it.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    if (parts.isClosed()) return;
    event.preventDefault();
    parts.requestQuit();
  });
  app.on('child-process-gone', (_, { type, reason, name }) => {
    if (reason === 'clean-exit' || parts.orderedKills.take(name)) return;
    parts.log(`A process of the program is gone: ${name ?? type}, ${reason}.`);
  });
  powerMonitor.on('suspend', parts.onSuspend);
  powerMonitor.on('shutdown', ((event: { preventDefault(): void }) => {
    // Asks the system to wait. Electron's typings leave the event out, its documentation does not.
    event.preventDefault();
    parts.closeNow();
  }) as () => void);
  // Whoever asks by a signal cannot be asked.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, parts.closeNow);
}
