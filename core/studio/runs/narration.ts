import { z } from 'zod';
import { PROOF_EVENT, proofSchema } from '../../contract/proof.ts';
import { isWhole, readTrainingConfig, type SomeSettings } from '../../contract/config/read.ts';
import { describeField, trainingConfigKeys } from '../../contract/training-config.ts';
import type { Library } from '../../library/library.ts';
import type { MetricSeries } from '../../library/metric-series.ts';
import type { RunEvent } from '../../library/run-events.ts';
import type { Run } from '../../library/runs.ts';
import type { LatestMetrics } from '../../simgan/health.ts';
import { describeHoldIn, followedShare, holdLabels, lostLabels } from '../../simgan/label-state.ts';
import { CHANGE_EVENT, configOf, readChange } from './run-config.ts';
import { orderOf } from './run-origin.ts';

export interface NarrationLine {
  readonly step: number;
  /** A whole sentence, without the step. */
  readonly text: string;
}

/**
 * A run in plain sentences, oldest first: where it came from, what changed notably between evaluations (between
 * checkpoints where nothing is evaluated), every new best checkpoint, settings, guards, pauses, and how it ended.
 */
export function narrateRun(library: Library, run: Run): NarrationLine[] {
  const lines = [
    ...beginning(library, run),
    ...changesOverTime(library, run),
    ...bestCheckpoints(library, run),
    ...happenings(library, run),
  ].sort((left, right) => left.step - right.step);
  return [...lines, ...ending(run)];
}

function beginning(library: Library, run: Run): NarrationLine[] {
  if (!run.parent) return [];
  const parent = library.runs.get(run.parent.runId);
  const { step } = run.parent;
  return [{ step, text: `It starts from step ${step} of ${parent?.name ?? 'a run that was removed'}.` }];
}

function ending({ status, step, totalSteps, error }: Run): NarrationLine[] {
  if (status === 'done') {
    return [{ step, text: step < totalSteps ? 'It ended before its last step.' : 'It is done.' }];
  }
  if (status === 'stopped') return [{ step, text: `It was stopped; ${totalSteps - step} steps are left.` }];
  if (status === 'failed') return [{ step, text: `It failed: ${error ?? 'nobody knows why'}` }];
  return [];
}

/** Change of the refiner, in grey levels, that an eye can notice. */
const NOTABLE_CHANGE_GREY = 1;
const NOTABLE_CHANGE_SHARE = 0.15;
/** As in the verdict: less is noise between evaluations. */
const NOTABLE_REALISM_SHARE = 0.05;

/** Measured at evaluations: told one by one. */
const EVALUATED = [
  'realism.kernelDistance',
  'labels.driftP95',
  'labels.displacementLost',
  'labels.noiseFloor',
] as const;
const MOST_EVALUATIONS = 5000;

/** Measured all the time: told as means between evaluations, for which coarse curves will do. */
const WATCHED = ['refiner.change', 'discriminator.accuracyReal', 'discriminator.accuracyRefined'] as const;
const MOST_POINTS = 2000;

function changesOverTime(library: Library, run: Run): NarrationLine[] {
  const { driftBudget } = configOf(run);
  const curves = library.runMetrics;
  const [realism, ...labels] = curves.manySeries(run.id, EVALUATED, { maxPoints: MOST_EVALUATIONS });
  const [change, real, refined] = curves.manySeries(run.id, WATCHED, { maxPoints: MOST_POINTS });
  const steps =
    realism.steps.length > 0 ? realism.steps : library.checkpoints.list(run.id).map(({ step }) => step);
  const told = { change: undefined, distance: undefined, labels: '', lead: '' } as Told;
  let before = 0;
  return steps
    .filter((step) => step > 0)
    .flatMap((step) => {
      const since = before;
      before = step;
      const within = (series: MetricSeries): number | undefined => recentMean(series, since, step);
      const parts = [
        changePart(told, within(change)),
        realismPart(told, at(realism, step)),
        labelsPart(told, labelsAt(labels, step), driftBudget),
        leadPart(told, within(real), within(refined)),
      ].filter((part) => part !== undefined);
      return parts.length === 0 ? [] : [{ step, text: sentence(parts) }];
    });
}

/** What was said last, so that only news is told. */
interface Told {
  change: number | undefined;
  distance: number | undefined;
  labels: string;
  lead: string;
}

function changePart(told: Told, change: number | undefined): string | undefined {
  if (change === undefined) return undefined;
  const was = told.change;
  if (was !== undefined) {
    const difference = Math.abs(change - was);
    if (difference < NOTABLE_CHANGE_GREY || difference < NOTABLE_CHANGE_SHARE * was) return undefined;
  }
  told.change = change;
  const now = change.toFixed(change < 10 ? 1 : 0);
  return was === undefined
    ? `the refiner changes ${now} grey levels`
    : `the refiner now changes ${now} grey levels (was ${was.toFixed(was < 10 ? 1 : 0)})`;
}

function realismPart(told: Told, distance: number | undefined): string | undefined {
  if (distance === undefined) return undefined;
  const was = told.distance;
  if (was === undefined) {
    told.distance = distance;
    return undefined;
  }
  if (Math.abs(distance - was) <= NOTABLE_REALISM_SHARE * Math.abs(was)) return undefined;
  told.distance = distance;
  return distance < was
    ? 'refined images look more real than before'
    : 'refined images look less real than before';
}

function labelsPart(told: Told, metrics: LatestMetrics, budget: number): string | undefined {
  const hold = holdLabels(metrics, budget);
  if (hold === undefined || budget === 0) return undefined;
  const lost = lostLabels(metrics);
  const followed = followedShare(metrics);
  const held = followed === undefined ? 'labels hold' : 'labels hold in most images';
  const state = lost !== undefined ? 'labels cannot be followed' : hold ? held : 'labels drift';
  if (told.labels === state) return undefined;
  told.labels = state;
  if (lost !== undefined) return `${state} any more in ${Math.round(100 * lost)} % of the images`;
  const drift = metrics['labels.driftP95']?.toFixed(1);
  if (hold && followed !== undefined) return describeHoldIn(followed, `${drift} of ${budget} px`);
  return hold
    ? `${state} (95 % within ${drift} of ${budget} px)`
    : `${state} (95 % only within ${drift} px, budget ${budget})`;
}

function labelsAt([drift, lost, floor]: readonly MetricSeries[], step: number): LatestMetrics {
  return {
    'labels.driftP95': at(drift, step),
    'labels.displacementLost': at(lost, step),
    'labels.noiseFloor': at(floor, step),
  };
}

function leadPart(told: Told, real: number | undefined, refined: number | undefined): string | undefined {
  if (real === undefined || refined === undefined) return undefined;
  const right = (real + refined) / 2;
  const lead =
    right > 0.98
      ? 'the discriminator has won'
      : right > 0.55
        ? 'the discriminator leads'
        : right < 0.45
          ? 'the discriminator is fooled'
          : 'discriminator and refiner are level';
  if (told.lead === lead) return undefined;
  told.lead = lead;
  return `${lead} (${Math.round(100 * right)} % right)`;
}

/** The mean over the second half of the steps after `since`, which is what the state at `step` reads, without its noise. */
function recentMean({ steps, mean }: MetricSeries, since: number, step: number): number | undefined {
  const recent = mean
    .slice(placeAfter(steps, (since + step) / 2), placeAfter(steps, step))
    .filter((value) => Number.isFinite(value));
  return recent.length === 0 ? undefined : recent.reduce((sum, value) => sum + value, 0) / recent.length;
}

/** Place of the first step after a limit, in ascending steps. */
function placeAfter(steps: readonly number[], limit: number): number {
  let [from, to] = [0, steps.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (steps[middle] <= limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

function at({ steps, mean }: MetricSeries, step: number): number | undefined {
  const place = placeAfter(steps, step) - 1;
  const value = mean.at(place);
  return steps[place] === step && Number.isFinite(value) ? value : undefined;
}

function bestCheckpoints(library: Library, run: Run): NarrationLine[] {
  let best = -Infinity;
  return library.checkpoints.list(run.id).flatMap(({ step, scores: { score } }) => {
    if (score === undefined || score <= best) return [];
    best = score;
    return [{ step, text: `This is the best checkpoint so far: its score is ${score.toFixed(2)}.` }];
  });
}

const findingSchema = z.object({ message: z.string(), action: z.enum(['warn', 'stop', 'rewind']) });

function happenings(library: Library, run: Run): NarrationLine[] {
  const order = orderOf(library, run.id);
  let config: SomeSettings | undefined =
    order && readTrainingConfig(order.config, `The training config with which ${run.name} was queued`);
  return library.runEvents.list(run.id).flatMap(({ step, kind, content }: RunEvent): NarrationLine[] => {
    switch (kind) {
      case 'guard':
        return [{ step, text: guardText(content) }];
      case 'paused':
        return [{ step, text: 'It was paused.' }];
      case 'resumed':
        return [{ step, text: 'It goes on.' }];
      case PROOF_EVENT:
        return [{ step, text: proofText(content) }];
      case CHANGE_EVENT: {
        const next = readChange({ step, content });
        const text = changeText(config, next);
        config = { ...config, ...next };
        return [{ step, text }];
      }
      default:
        return [];
    }
  });
}

function proofText(content: unknown): string {
  const { isIdentical, fromStep, toStep, text } = proofSchema.parse(content);
  const what = `Steps ${fromStep + 1} to ${toStep} were trained again as a proof`;
  return isIdentical ? `${what}: identical, bit for bit.` : `${what}. They are ${text}`;
}

function guardText(content: unknown): string {
  const { message, action } = findingSchema.parse(content);
  const consequence = {
    warn: '',
    stop: ' The run was stopped.',
    rewind: ' The run was stopped and went back to its last good checkpoint.',
  }[action];
  return `${message}${consequence}`;
}

/** A change that holds the whole configuration cannot be told apart from what was there before, where that is not known. */
function changeText(before: SomeSettings | undefined, next: SomeSettings): string {
  if (isWhole(next) && before === undefined) return 'Settings were changed.';
  const parts = trainingConfigKeys
    .filter((key) => next[key] !== undefined && next[key] !== before?.[key])
    .map((key) => {
      const was = before?.[key];
      const { label } = describeField(key);
      return `${label} is now ${String(next[key])}${was === undefined ? '' : ` (was ${String(was)})`}`;
    });
  return parts.length === 0 ? 'Settings were set to what they were.' : sentence(parts);
}

/** Symbols keep their case: Λ is not λ. */
function sentence(parts: readonly string[]): string {
  return `${parts.join('; ').replace(/^[a-z]/, (letter) => letter.toUpperCase())}.`;
}
