import { StudioError, messageOf } from '../base/studio-error.ts';
import { ENGINE_NAMES, type EngineName } from './engine-names.ts';
import { openEngine } from './engine.ts';

export interface EnginePresence {
  readonly name: EngineName;
  /** Why it cannot be had here; undefined if it can. */
  readonly absence: string | undefined;
}

/** For suites that run on every engine: which of them open in this process, and one line for each that does not. */
export async function findPresentEngines(): Promise<EnginePresence[]> {
  const presences: EnginePresence[] = [];
  for (const name of ENGINE_NAMES) {
    try {
      (await openEngine(name)).dispose();
      presences.push({ name, absence: undefined });
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      const absence = messageOf(error);
      console.log(`Not tested on the engine "${name}": ${absence}`);
      presences.push({ name, absence });
    }
  }
  return presences;
}
