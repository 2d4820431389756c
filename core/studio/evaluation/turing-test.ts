import type { z } from 'zod';
import { createRandom } from '../../base/random.ts';
import { StudioError } from '../../base/studio-error.ts';
import type { turingResultSchema } from '../../contract/operations/results.ts';
import { fairCoinPValue, wilsonInterval } from '../../evaluation/statistics.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import type { NewTuringTrial, TuringSession, TuringTrial } from '../../library/turing.ts';

/** One of so many trials shows a plain synthetic image: whoever takes that for real is not looking. */
const TRIALS_PER_CATCH = 10;

/**
 * The trials of a visual Turing test (paper §3.1): real and refined images in equal number, at most one more of the real
 * ones, and hidden among them some synthetic ones, none twice, in an order that the seed decides.
 *
 * @throws StudioError 'bad-usage' where there are too few images
 */
export function planTuringTest(
  library: Library,
  run: Run,
  { trials, seed }: { readonly trials: number; readonly seed: number },
): NewTuringTrial[] {
  const random = createRandom(seed, 'Turing test');
  const synthetic = random.shuffle(usableIds(library, run.syntheticPackId));
  const real = random.shuffle(usableIds(library, run.realPackId));
  const [ofReal, ofRefined] = [Math.ceil(trials / 2), Math.floor(trials / 2)];
  const catches = Math.ceil(trials / TRIALS_PER_CATCH);
  if (real.length < ofReal || synthetic.length < ofRefined + catches) {
    const most = 2 * Math.min(real.length, Math.floor(synthetic.length / 1.2));
    throw new StudioError(
      'bad-usage',
      `${trials} trials need ${ofReal} real and ${ofRefined + catches} synthetic images; ${run.name} has ${real.length} and ${synthetic.length}.`,
      { remedy: `Take ${most} trials or fewer.`, details: { runId: run.id } },
    );
  }
  const planned: NewTuringTrial[] = [
    ...real.slice(0, ofReal).map((imageId): NewTuringTrial => ({ imageId, shown: 'real', isCatch: false })),
    ...synthetic
      .slice(0, ofRefined)
      .map((imageId): NewTuringTrial => ({ imageId, shown: 'refined', isCatch: false })),
    ...synthetic
      .slice(ofRefined, ofRefined + catches)
      .map((imageId): NewTuringTrial => ({ imageId, shown: 'synthetic', isCatch: true })),
  ];
  const order = random.shuffle(planned.map((_, index) => index));
  return order.map((index) => planned[index]);
}

function usableIds(library: Library, packId: number | null): number[] {
  if (packId === null) return [];
  const ids = [...library.packs.imageIds(packId)];
  return library.images
    .getMany(ids)
    .filter(({ excludedReason }) => excludedReason === null)
    .map(({ id }) => id);
}

export type TuringResult = z.infer<typeof turingResultSchema>;

/** Guessing reaches more than this by chance once in twenty tests. */
const SIGNIFICANT = 0.05;

/** Who takes more plain synthetic images for real than this is guessing, or the synthetic ones look real, too. */
const FEWEST_CATCHES = 0.7;

/** What came of a test so far. */
export function turingResult(session: TuringSession, trials: readonly TuringTrial[]): TuringResult {
  const answered = trials.filter(({ answer }) => answer !== null);
  const counted = answered.filter(({ isCatch }) => !isCatch);
  const correct = counted.filter(({ shown, answer }) => shown === answer).length;
  const caught = answered.filter(({ isCatch }) => isCatch);
  const facts = {
    session: session.id,
    runId: session.runId,
    step: session.step,
    startedAt: session.startedAt,
    trials: counted.length,
    correct,
    catchTrials: caught.length,
    catchCorrect: caught.filter(({ answer }) => answer === 'refined').length,
  };
  if (counted.length === 0) {
    const nothing = { accuracy: null, low: null, high: null, pValue: null };
    return { ...facts, ...nothing, verdict: 'Nothing was answered yet.' };
  }
  const numbers = {
    accuracy: correct / counted.length,
    ...wilsonInterval(correct, counted.length),
    pValue: fairCoinPValue(correct, counted.length),
  };
  return { ...facts, ...numbers, verdict: verdictOf({ ...facts, ...numbers }) };
}

type Numbers = Pick<TuringResult, 'trials' | 'catchTrials' | 'catchCorrect'> & {
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
};

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function verdictOf({ trials, accuracy, low, high, pValue, catchTrials, catchCorrect }: Numbers): string {
  const reading = `${percent(accuracy)} of ${trials} answers are right (95 % interval ${percent(low)} to ${percent(high)})`;
  const isTold = pValue < SIGNIFICANT;
  const told = isTold
    ? `Refined images are told from real ones: ${reading}; guessing reaches that with p = ${pValue.toPrecision(2)}.`
    : `Refined images are not told from real ones: ${reading}, which guessing reaches with p = ${pValue.toPrecision(2)}.`;
  const isInattentive = catchTrials >= 2 && catchCorrect < FEWEST_CATCHES * catchTrials;
  const attention = isInattentive
    ? ` But only ${catchCorrect} of ${catchTrials} plain synthetic images were recognised: these answers say little.`
    : '';
  const width = !isTold && high - low > 0.2 ? ' More trials would say more.' : '';
  return `${told}${attention}${width}`;
}
