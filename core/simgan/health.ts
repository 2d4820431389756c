import { describeHoldIn, followedShare, lostLabels } from './label-state.ts';

/** The newest values of a run's metrics, by name. */
export type LatestMetrics = Readonly<Record<string, number | undefined>>;

export interface HealthReading {
  readonly latest: LatestMetrics;
  /** The same metrics some time ago, to tell rising from falling. */
  readonly earlier: LatestMetrics;
  /** Drift that is tolerated, in the unit of `labels.driftP95`; 0 where there is no limit. */
  readonly driftBudget: number;
}

/** Below this mean change in grey levels a refined image cannot be told from its input; the paper's eyes change by 33. */
const VISIBLE_CHANGE = 1;

/** A discriminator that is right this often leaves the refiner without direction. */
const SATURATED_ACCURACY = 0.98;

/** Changes of realism smaller than this share are noise between evaluations. */
const NOTABLE_SHARE = 0.05;

/** Drift below this is written as none; the floor of what is read where nothing moved is subtracted already. */
const LEAST_DRIFT = 0.05;

/** Accuracies this close to a coin's are level. */
const LEVEL_MARGIN = 0.05;

/**
 * What a run's metrics mean, in one sentence: whether realism rises, labels hold, how much the refiner changes, and
 * who leads. "Realism rising, labels hold; the refiner changes 33 grey levels, 52 % of the contrast; the
 * discriminator leads 71/29."
 */
export function describeHealth({ latest, earlier, driftBudget }: HealthReading): string {
  const realism = describeRealism(latest, earlier);
  const labels = describeLabels(latest, driftBudget);
  const outlook = [realism, labels].filter((part) => part !== undefined).join(', ');
  const parts = [outlook, describeChange(latest), describeDiscriminator(latest)].filter(Boolean);
  if (parts.length === 0) return 'Nothing is measured yet.';
  const sentence = parts.join('; ');
  return `${sentence[0].toUpperCase()}${sentence.slice(1)}.`;
}

/** Realism is judged at evaluations; between the first steps and where nothing is evaluated only tones can be compared. */
function describeRealism(latest: LatestMetrics, earlier: LatestMetrics): string | undefined {
  const realism = trendOf('realism.kernelDistance', latest, earlier);
  if (realism) {
    const words = { nearer: 'realism rising', same: 'realism steady', further: 'realism falling' }[realism];
    const isBehind = (latest['realism.gain'] ?? 0) < 0;
    return isBehind ? `${words} (below that of the unrefined images)` : words;
  }
  // Of a refiner that still copies its input there is nothing to say.
  if (
    latest['realism.kernelDistance'] !== undefined ||
    !((latest['refiner.change'] ?? 0) >= VISIBLE_CHANGE)
  ) {
    return undefined;
  }
  const tones = trendOf('refiner.histogramDistance', latest, earlier);
  return (
    tones &&
    {
      nearer: 'tones come closer to the real ones',
      same: 'tones as close to the real ones as before',
      further: 'tones move away from the real ones',
    }[tones]
  );
}

function trendOf(
  metric: string,
  latest: LatestMetrics,
  earlier: LatestMetrics,
): 'nearer' | 'same' | 'further' | undefined {
  const [now, before] = [latest[metric], earlier[metric]];
  if (now === undefined || before === undefined) return undefined;
  if (Math.abs(now - before) <= NOTABLE_SHARE * Math.abs(before)) return 'same';
  return now < before ? 'nearer' : 'further';
}

function describeLabels(latest: LatestMetrics, budget: number): string | undefined {
  const drift = latest['labels.driftP95'];
  const lost = lostLabels(latest);
  if (lost !== undefined) {
    return `labels cannot be followed any more in ${Math.round(100 * lost)} % of the images`;
  }
  if (drift === undefined) return undefined;
  const followed = followedShare(latest);
  if (followed !== undefined && budget > 0 && drift <= budget) {
    return describeHoldIn(followed, `${drift.toFixed(1)} of ${budget}`);
  }
  if (drift < LEAST_DRIFT) return 'labels hold (no drift beyond what is read where nothing moved)';
  if (budget === 0) return `95 % of labels within ${drift.toFixed(1)}`;
  return drift <= budget
    ? `labels hold (95 % within ${drift.toFixed(1)} of ${budget})`
    : `labels drift (95 % only within ${drift.toFixed(1)}, budget ${budget})`;
}

function describeChange(latest: LatestMetrics): string {
  const change = latest['refiner.change'];
  if (change === undefined) return '';
  if (change < VISIBLE_CHANGE) {
    return `the refiner changes next to nothing (${change.toFixed(1)} grey levels)`;
  }
  const contrast = latest['refiner.contrast'];
  if (contrast !== undefined && contrast < VISIBLE_CHANGE) {
    return `the refiner changes ${change.toFixed(1)} grey levels and leaves no contrast`;
  }
  const share = contrast === undefined ? '' : `, ${Math.round((100 * change) / contrast)} % of the contrast`;
  return `the refiner changes ${change.toFixed(1)} grey levels${share}`;
}

function describeDiscriminator(latest: LatestMetrics): string {
  const real = latest['discriminator.accuracyReal'];
  const refined = latest['discriminator.accuracyRefined'];
  if (real === undefined || refined === undefined) return '';
  const right = (real + refined) / 2;
  const score = `${Math.round(100 * right)}/${100 - Math.round(100 * right)}`;
  if (right > SATURATED_ACCURACY) return `the discriminator has won ${score}`;
  if (Math.abs(right - 0.5) <= LEVEL_MARGIN) return `discriminator and refiner are level ${score}`;
  return right > 0.5 ? `the discriminator leads ${score}` : `the discriminator is fooled ${score}`;
}
