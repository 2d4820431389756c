import type { EngineName } from '../../../core/engine/engine-names.ts';
import { median, speedRatio, spread } from './numbers.ts';

/** By contestant; times in the order in which they were taken in turn. */
export interface Measurements {
  readonly updateMs: ReadonlyMap<string, readonly number[]>;
  readonly refineSeconds: Map<string, readonly number[]>;
  /** Share of a training step. */
  readonly waiting: Map<string, number>;
  /** Share of the first plateau. */
  readonly memoryGrowth: Map<string, number>;
}

const LEAST_UPDATE_RATIO: Readonly<Partial<Record<EngineName, number>>> = { tensorflow: 1, wasm: 0.5 };
const LEAST_REFINE_RATIO = 1.5;
const MOST_WAITING = 0.01;
const MOST_GROWTH = 0.01;

/** What was aimed at, what came out, and whether that is enough: one line for each engine and goal. */
export function goalsTable(measured: Measurements, engines: readonly EngineName[]): string {
  const rows: [what: string, goal: string, result: string, reached: string][] = [];
  const add = (what: string, goal: string, result: string, isReached: boolean): void => {
    rows.push([what, goal, result, isReached ? 'reached' : 'not reached']);
  };
  const addRatio = (
    what: string,
    times: ReadonlyMap<string, readonly number[]>,
    [engine, peer]: readonly [string, string],
    least: number | undefined,
  ): void => {
    const [ours, theirs] = [times.get(engine), times.get(peer)];
    if (!ours || !theirs) return;
    const ratios = speedRatio(ours, theirs);
    if (least === undefined) rows.push([`${what}: ${engine} / ${peer}`, '', spread(ratios, 2), '']);
    else add(`${what}: ${engine} / ${peer}`, `≥ ${least}`, spread(ratios, 2), median(ratios) >= least);
  };
  for (const engine of engines) {
    addRatio('update', measured.updateMs, [engine, 'PyTorch eager'], LEAST_UPDATE_RATIO[engine]);
    for (const peer of ['PyTorch channels-last', 'PyTorch compile', 'Keras']) {
      addRatio('update', measured.updateMs, [engine, peer], undefined);
    }
    addRatio('refine a folder', measured.refineSeconds, [engine, 'PyTorch, DataLoader'], LEAST_REFINE_RATIO);
    const waiting = measured.waiting.get(engine);
    if (waiting !== undefined) {
      add(`waiting for data: ${engine}`, '< 1 %', `${(waiting * 100).toFixed(3)} %`, waiting < MOST_WAITING);
    }
    const growth = measured.memoryGrowth.get(engine);
    if (growth !== undefined) {
      add(`memory growth: ${engine}`, '< 1 %', `${(growth * 100).toFixed(2)} %`, growth < MOST_GROWTH);
    }
  }
  const header = ['goal (ratios: times as fast)', 'aim', 'measured', ''];
  return [header, ...rows]
    .map(
      ([what, goal, result, reached]) => `${what.padEnd(46)}${goal.padEnd(8)}${result.padEnd(22)}${reached}`,
    )
    .join('\n');
}
