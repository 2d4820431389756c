import { chooseEngine } from '../../engine/choose-engine.ts';
import { ENGINE_NAMES, type EngineName } from '../../engine/engine-names.ts';
import { openEngine, type Engine } from '../../engine/engine.ts';
import type { Run } from '../../library/runs.ts';

/** What shall compute; without `threads`: on all cores. */
export interface EngineWish {
  readonly engine: 'auto' | EngineName;
  readonly threads?: number | undefined;
}

/**
 * The wish of whoever goes on with a run: its own engine with as many threads, unless others are asked for. Another
 * engine rounds otherwise, and so does TensorFlow on another number of threads, which would make it another run.
 */
export function wishForRun(run: Pick<Run, 'engine' | 'device'>, wish: EngineWish): EngineWish {
  const own = ENGINE_NAMES.find((name) => name === run.engine);
  if (wish.engine !== 'auto' || own === undefined) return wish;
  // As `cpuName` writes it.
  const threads = /, (\d+) threads?\b/.exec(run.device ?? '')?.[1];
  return { engine: own, threads: wish.threads ?? (threads === undefined ? undefined : Number(threads)) };
}

/**
 * Opens the engine that is wished for, tells which it is and why, and frees it when the work is over.
 *
 * @param onWait told what is waited for, before it takes long
 */
export async function withChosenEngine<Result>(
  { engine: name, threads }: EngineWish,
  onChosen: (engine: Engine, reason: string) => void,
  work: (engine: Engine, reason: string) => Promise<Result>,
  onWait: (text: string) => void = () => undefined,
): Promise<Result> {
  const choice = await chooseEngine({ preference: name, onWait });
  const engine = await openEngine(choice.name, threads === undefined ? {} : { threads });
  try {
    onChosen(engine, choice.reason);
    return await work(engine, choice.reason);
  } finally {
    engine.dispose();
  }
}

/** "Engine: wasm on CPU, 2 threads, …" */
export function describeEngine({ name, device, version }: Engine, reason: string): string {
  return `Engine: ${name} on ${device}, ${version}. ${reason}`;
}
