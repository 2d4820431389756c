import { StudioError } from '../base/studio-error.ts';
import { takeInRequests } from '../studio/queue/queue.ts';
import type { CommandContext } from './command.ts';
import { withLibrary } from './open-library.ts';

/** Takes requests to the queue in. Where the library is open elsewhere: the sentence that says so, and they wait. */
export async function takeInNow(context: CommandContext): Promise<string | undefined> {
  try {
    await withLibrary(context, 'write', (library) => takeInRequests(library, context.terminal.note));
    return undefined;
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'busy') throw error;
    return `${error.message} If that is "simgan queue run", it will see to it; else run that when it is over.`;
  }
}
