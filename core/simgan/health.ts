/** The newest values of a run's metrics, by name. */
export type LatestMetrics = Readonly<Record<string, number | undefined>>;

/** Below this mean change in grey levels a refined image cannot be told from its input; the paper's eyes change by 33. */
const VISIBLE_CHANGE = 1;

/** A discriminator that is right this often leaves the refiner without direction. */
const SATURATED_ACCURACY = 0.98;

/** What a run's metrics mean, in one sentence. */
export function describeHealth(metrics: LatestMetrics): string {
  const change = metrics['refiner.change'];
  const real = metrics['discriminator.accuracyReal'];
  const refined = metrics['discriminator.accuracyRefined'];
  if (change === undefined) return 'Nothing is measured yet.';
  const parts = [
    change < VISIBLE_CHANGE
      ? `The refiner changes next to nothing (${change.toFixed(1)} grey levels): lower λ, or train longer.`
      : `The refiner changes images by ${change.toFixed(1)} grey levels.`,
  ];
  if (real !== undefined && refined !== undefined) parts.push(describeDiscriminator(real, refined));
  return parts.join(' ');
}

function describeDiscriminator(real: number, refined: number): string {
  const shares = `${Math.round(real * 100)} % of real and ${Math.round(refined * 100)} % of refined patches`;
  const right = (real + refined) / 2;
  if (right > SATURATED_ACCURACY) {
    return `The discriminator knows ${shares}: it has won, and the refiner learns little from it.`;
  }
  return right < 0.5
    ? `The discriminator is fooled: it knows ${shares}.`
    : `The discriminator knows ${shares}.`;
}
