import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import type { ImageBatch } from '../../base/image-batch.ts';
import { contactSheet } from '../../datasets/pixels/contact-sheet.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { discriminatorMetrics } from '../../simgan/discriminator.ts';
import { lossScale } from '../../simgan/losses.ts';
import type { MetricDeclaration } from '../../simgan/network.ts';
import { refinerMetrics } from '../../simgan/refiner.ts';
import { readRefined, type RunEvaluation } from '../evaluation/evaluation-run.ts';
import { comparisonOf, verdictOf } from '../evaluation/evaluation-summary.ts';
import { narrateRun } from './narration.ts';
import { evenPlaces, readBatch } from '../data/pack-samples.ts';
import { differenceOf, picturesOf } from '../previews/previews.ts';
import type { Curve } from '../report/curve.ts';
import type { Sheet } from '../report/pictures.ts';
import { renderReport } from '../report/report.ts';
import { openRunPacks } from './runs.ts';
import { configOf } from './run-config.ts';

const SHEET_IMAGES = 24;
const SHEET_COLUMNS = 8;
const PIXEL_SCALE = 2;
const CURVE_POINTS = 600;

/**
 * Writes `reports/<run>-<step>.html` into the library: what training and evaluation found, with pictures and curves, in
 * one file that needs no network. Returns its absolute path.
 */
export async function writeRunReport(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  evaluation: RunEvaluation,
): Promise<string> {
  const document = await renderRunReport(library, run, checkpoint, evaluation);
  const path = join(
    library.folder,
    'reports',
    `${run.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}-${checkpoint.step}.html`,
  );
  await writeFileAtomic(path, document);
  return path;
}

/** The same document, not written anywhere. */
export async function renderRunReport(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  evaluation: RunEvaluation,
): Promise<string> {
  const config = configOf(run);
  return renderReport({
    title: `${library.name}, ${run.name}`,
    createdAt: new Date().toISOString(),
    verdict: verdictOf(evaluation),
    facts: [
      { label: 'Engine', value: `${run.engine ?? ''}, ${run.device ?? ''}` },
      { label: 'Step', value: `${checkpoint.step} of ${run.totalSteps}` },
      { label: 'Time', value: `${Math.round(run.workedSeconds)} s` },
      { label: 'Seed', value: String(config.seed) },
      { label: 'λ, effective', value: String(Number(lossScale(config).effectiveLambda.toPrecision(3))) },
      {
        label: 'Mean change',
        value: `${(evaluation.refined.meanAbsChange?.mean ?? 0).toFixed(1)} grey levels`,
      },
    ],
    comparison: comparisonOf(evaluation),
    sheets: await sheetsOf(library, run, checkpoint),
    curves: curvesOf(library, run),
    story: narrateRun(library, run),
    caveats: evaluation.caveats,
    config,
  });
}

async function sheetsOf(library: Library, run: Run, checkpoint: Checkpoint): Promise<Sheet[]> {
  const packs = await openRunPacks(library, run);
  try {
    const places = evenPlaces(packs.syntheticPack.count, SHEET_IMAGES);
    const synthetic = await readBatch(packs.syntheticPack, places);
    const refined = await readRefined(library, run, checkpoint.step, places, synthetic);
    const real = await readBatch(packs.realPack, evenPlaces(packs.realPack.count, SHEET_IMAGES));
    const difference = { ...synthetic, images: differenceOf(synthetic.images, refined.images) };
    return [
      sheet('Synthetic', 'What goes in, with its labels.', synthetic),
      sheet('Refined', 'The same images through the refiner, in the same order.', refined),
      sheet(
        'Difference',
        'Refined minus synthetic: mid-grey is unchanged, white lighter, black darker.',
        difference,
      ),
      sheet('Real', 'Other images: those the refined ones should look like.', real),
    ];
  } finally {
    await packs.close();
  }
}

function sheet(title: string, caption: string, batch: ImageBatch): Sheet {
  const { heightPx, widthPx, channels } = batch;
  const pictures = picturesOf(batch.images, { heightPx, widthPx, channels: channels === 3 ? 3 : 1 });
  const png = contactSheet(pictures, { columns: SHEET_COLUMNS, gapGrey: 128 });
  return { title, caption, png, pixelScale: PIXEL_SCALE };
}

/** One chart for the metrics that share a scale, in the order in which the networks declare them. */
function curvesOf(library: Library, run: Run): Curve[] {
  const charts = new Map<string, MetricDeclaration[]>();
  for (const metric of [...refinerMetrics, ...discriminatorMetrics]) {
    charts.set(metric.chart, [...(charts.get(metric.chart) ?? []), metric]);
  }
  return [...charts].map(([chart, metrics]) => ({
    title: chart[0].toUpperCase() + chart.slice(1),
    unit: metrics[0].unit,
    ...(chart === 'gradient norm' ? { logarithmic: true } : {}),
    ...(chart === 'discriminator loss' ? { reference: { label: 'ln 2, a coin toss', value: Math.LN2 } } : {}),
    series: metrics.map(({ name, label }) => {
      const { steps, mean } = library.runMetrics.series(run.id, name, { maxPoints: CURVE_POINTS });
      return { label, points: steps.map((step, index) => [step, mean[index]] as const) };
    }),
  }));
}
