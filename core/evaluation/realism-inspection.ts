import { histogramDistanceGrey } from '../base/histogram.ts';
import type { ImageBatch } from '../base/image-batch.ts';
import { meanContrastGrey } from './change.ts';
import { realismGain } from './checkpoint-score.ts';
import { correlationsOf, variety } from './image-correlation.ts';
import { createKernelDistance, fitFeatureScale } from './kernel-distance.ts';
import { createRandomFeatures } from './random-features.ts';
import { mean } from './statistics.ts';

/** How real a set looks. Values by metric name; undefined or NaN could not be measured. */
export interface RealismReading {
  readonly metrics: Readonly<Record<string, number | undefined>>;
  readonly gain: number | undefined;
}

export interface RealismInspector {
  measure(refined: ImageBatch, signal: AbortSignal | undefined): Promise<RealismReading>;
  dispose(): void;
}

/** Prepares the distance to the real images and measures what the synthetic ones start from. */
export async function createRealismInspector(
  synthetic: ImageBatch,
  real: ImageBatch,
  signal: AbortSignal | undefined,
): Promise<RealismInspector> {
  const network = createRandomFeatures(synthetic.channels);
  try {
    const ofSynthetic = await network.extract(synthetic, signal);
    const ofReal = await network.extract(real, signal);
    const scale = fitFeatureScale([ofSynthetic, ofReal]);
    const distanceToReal = await createKernelDistance(scale(ofReal), signal);
    const distanceAtStart = await distanceToReal(scale(ofSynthetic), signal);
    const realContrast = meanContrastGrey(real);
    const syntheticVariety = variety(synthetic);
    return {
      async measure(refined, laterSignal) {
        const distance = await distanceToReal(
          scale(await network.extract(refined, laterSignal)),
          laterSignal,
        );
        const gain = realismGain(distance, distanceAtStart);
        const refinedVariety = variety(refined);
        return {
          metrics: {
            'realism.kernelDistance': distance,
            'realism.kernelDistanceSynthetic': distanceAtStart,
            'realism.histogramDistance': histogramDistanceGrey(refined, real),
            'realism.contrastRatio': meanContrastGrey(refined) / realContrast,
            'realism.contrastCorrelation': mean(
              correlationsOf(refined, synthetic).filter((correlation) => !Number.isNaN(correlation)),
            ),
            'realism.diversity': syntheticVariety && (refinedVariety ?? 0) / syntheticVariety,
          },
          gain,
        };
      },
      dispose: () => network.dispose(),
    };
  } catch (error) {
    network.dispose();
    throw error;
  }
}
