import { z } from 'zod';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';
import { newestRow, type SheetRow } from '../previews/preview-sheet.ts';
import { picturesOf } from '../previews/previews.ts';
import type { ProbeRun } from './probe.ts';
import { openRunPacks, preprocessingOf } from '../runs/runs.ts';

/** What came out of a variant; readings are means over the last quarter of its steps. */
export interface ProbeResult {
  readonly name: string;
  readonly runId: number;
  readonly variant: string;
  readonly status: string;
  readonly step: number;
  /** Mean |x̃ − x| in grey levels. */
  readonly changeGrey: number | undefined;
  /** Grey levels between the histograms of refined and real images. */
  readonly histogramDistanceGrey: number | undefined;
  /** Share of patches that the discriminator is right on, real and refined ones weighing the same. */
  readonly discriminatorAccuracy: number | undefined;
  /** Of the newest evaluated checkpoint: 95th percentile of label drift, and its score. */
  readonly driftP95: number | undefined;
  readonly score: number | undefined;
  /** What guards said. */
  readonly guards: readonly string[];
  /** Whether it broke down, or a guard ended it. */
  readonly isBroken: boolean;
}

export interface ProbeRanking {
  /** Best first. */
  readonly results: readonly ProbeResult[];
  readonly rankedBy: 'score' | 'histogram distance';
}

/**
 * The variants, best first: by the score of their evaluations where all have one, else by how close the grey levels come
 * to those of real images. What failed or was stopped by a guard comes last.
 */
export function rankProbe(library: Library, runs: readonly ProbeRun[]): ProbeRanking {
  const results = runs.map(({ run, variant }) => resultOf(library, run, variant.variant));
  const sound = results.filter(({ isBroken }) => !isBroken);
  const rankedBy =
    sound.length > 0 && sound.every(({ score }) => score !== undefined) ? 'score' : 'histogram distance';
  const badness = (result: ProbeResult): number =>
    rankedBy === 'score' ? -(result.score ?? -Infinity) : (result.histogramDistanceGrey ?? Infinity);
  results.sort(
    (left, right) => Number(left.isBroken) - Number(right.isBroken) || compare(badness(left), badness(right)),
  );
  return { results, rankedBy };
}

/** Also where both are infinite. */
function compare(left: number, right: number): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The part of a guard's finding that matters here. */
const findingSchema = z.object({ message: z.string(), action: z.enum(['warn', 'stop', 'rewind']) });

function resultOf(library: Library, run: Run, variant: string): ProbeResult {
  const recent = (metric: string): number | undefined => {
    const { mean } = library.runMetrics.series(run.id, metric, { fromStep: Math.floor(run.step * 0.75) + 1 });
    return mean.length === 0 ? undefined : mean.reduce((sum, value) => sum + value, 0) / mean.length;
  };
  const [real, refined] = ['discriminator.accuracyReal', 'discriminator.accuracyRefined'].map(recent);
  const evaluated = library.checkpoints.list(run.id).findLast(({ scores }) => scores.score !== undefined);
  const findings = library.runEvents.list(run.id, 'guard').map(({ content }) => findingSchema.parse(content));
  return {
    name: run.name,
    runId: run.id,
    variant,
    status: run.status,
    step: run.step,
    changeGrey: recent('refiner.change'),
    histogramDistanceGrey: recent('refiner.histogramDistance'),
    discriminatorAccuracy: real === undefined || refined === undefined ? undefined : (real + refined) / 2,
    driftP95: evaluated?.scores.drift,
    score: evaluated?.scores.score,
    guards: findings.map(({ message }) => message),
    isBroken: run.status === 'failed' || findings.some(({ action }) => action !== 'warn'),
  };
}

/** Rows of a contact sheet: synthetic, the refined strip of each variant in the order of the ranking, real images. */
export async function probeRows(library: Library, { results }: ProbeRanking): Promise<readonly SheetRow[]> {
  const runs = results.flatMap(({ runId }) => library.runs.get(runId) ?? []);
  const refined: SheetRow[] = [];
  for (const [index, run] of runs.entries()) {
    const row = await newestRow(library, run, 'refined', results[index].name);
    if (row) refined.push(row);
  }
  const synthetic = runs.length > 0 ? await newestRow(library, runs[0], 'synthetic', 'synthetic') : undefined;
  if (!synthetic) return refined;
  return [synthetic, ...refined, await realRow(library, runs[0], synthetic.images.length)];
}

async function realRow(library: Library, run: Run, count: number): Promise<SheetRow> {
  const packs = await openRunPacks(library, run);
  try {
    const { images } = await readBatch(packs.realPack, evenPlaces(packs.realPack.count, count));
    return { label: 'real', images: picturesOf(images, preprocessingOf(library, run)) };
  } finally {
    await packs.close();
  }
}
