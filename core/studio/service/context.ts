import type { StudioEvent } from '../../contract/events.ts';
import type { Settings } from '../../contract/operations/studio.ts';
import type { Library } from '../../library/library.ts';
import type { Jobs } from './jobs.ts';
import type { Log } from './log.ts';
import type { Shell } from './shell.ts';

/** What every domain of the service works with. Handlers keep no state of their own beside what they are given. */
export interface StudioContext {
  readonly version: string;
  /** Folder of this user's settings, recent libraries and logs. */
  readonly stateFolder: string;
  /** The open library, for writing. Throws `StudioError` ("not-found") while none is open. */
  library(): Library;
  /** Undefined while none is open. */
  libraryIfOpen(): Library | undefined;
  publish(event: StudioEvent): void;
  readonly jobs: Jobs;
  readonly log: Log;
  readonly shell: Shell;
  settings(): Settings;
}
