import { join } from 'node:path';
import { StudioError } from '../../base/studio-error.ts';
import type { TrainingConfig } from '../../contract/training-config.ts';
import { contactSheet, type SheetImage } from '../../datasets/pixels/contact-sheet.ts';
import { decodeImage } from '../../datasets/pixels/decode.ts';
import type { Library } from '../../library/library.ts';
import type { Preview } from '../../library/previews.ts';
import type { Run } from '../../library/runs.ts';
import { PREVIEW_KINDS, type PreviewKind } from './previews.ts';
import { configOf } from '../runs/run-config.ts';

/** A row of a sheet of previews: the samples of the strip, one beside the other. */
export interface SheetRow {
  /** What it shows, for a legend. */
  readonly label: string;
  readonly images: readonly SheetImage[];
}

const ROW_TITLES: Record<PreviewKind, string> = {
  synthetic: 'synthetic',
  refined: 'refined',
  difference: 'difference (mid-grey: unchanged)',
  patches: 'what the discriminator says of each patch (white: refined)',
  'nearest-real': 'most similar real image',
};

/**
 * All strips of one preview (default: the newest), a row each.
 * @throws StudioError 'not-found' naming the steps that there are previews of
 */
export async function rowsOfStep(
  library: Library,
  run: Run,
  askedStep: number | undefined,
): Promise<{ readonly step: number; readonly rows: readonly SheetRow[] }> {
  const previews = previewsOf(library, run);
  const step = askedStep ?? previews[previews.length - 1].step;
  const ofStep = previews.filter((preview) => preview.step === step);
  if (ofStep.length === 0) {
    const steps = [...new Set(previews.map((preview) => preview.step))];
    throw new StudioError('not-found', `${run.name} has no preview of step ${step}.`, {
      remedy: `It has previews of the steps ${steps.join(', ')}.`,
      details: { run: run.name, step },
    });
  }
  const rows: SheetRow[] = [];
  for (const kind of PREVIEW_KINDS) {
    const preview = ofStep.find((one) => one.kind === kind);
    if (preview) rows.push(await rowOf(library, run, preview, ROW_TITLES[kind]));
  }
  return { step, rows };
}

/** The synthetic strip, the refined strips of steps at least `every` apart, time going down, and the real images. */
export async function rowsOverTime(library: Library, run: Run, every: number): Promise<readonly SheetRow[]> {
  const previews = previewsOf(library, run);
  const newest = (kind: PreviewKind) => previews.findLast((preview) => preview.kind === kind);
  const chosen: Preview[] = [];
  for (const preview of previews.filter(({ kind }) => kind === 'refined')) {
    if (chosen.length === 0 || preview.step >= chosen[chosen.length - 1].step + every) chosen.push(preview);
  }
  const [synthetic, real] = [newest('synthetic'), newest('nearest-real')];
  const rows: SheetRow[] = [];
  if (synthetic) rows.push(await rowOf(library, run, synthetic, ROW_TITLES.synthetic));
  for (const preview of chosen) {
    rows.push(await rowOf(library, run, preview, `refined after step ${preview.step}`));
  }
  if (real) rows.push(await rowOf(library, run, real, `${ROW_TITLES['nearest-real']} of step ${real.step}`));
  return rows;
}

/** The synthetic strip of the first run, the newest refined strip of each, and the real images: runs side by side. */
export async function rowsAcrossRuns(library: Library, runs: readonly Run[]): Promise<readonly SheetRow[]> {
  const [first] = runs;
  const rows = [
    await newestRow(library, first, 'synthetic', ROW_TITLES.synthetic),
    ...(await Promise.all(runs.map((run) => newestRow(library, run, 'refined', `refined by ${run.name}`)))),
    await newestRow(library, first, 'nearest-real', `${ROW_TITLES['nearest-real']} to ${first.name}`),
  ];
  return rows.filter((row) => row !== undefined);
}

/** The newest strip of one kind; undefined where a run has none. */
export async function newestRow(
  library: Library,
  run: Run,
  kind: PreviewKind,
  label: string,
): Promise<SheetRow | undefined> {
  const preview = library.previews.list(run.id, kind).at(-1);
  return preview && (await rowOf(library, run, preview, label));
}

/** Rows below each other, as a PNG. */
export function sheetOfRows(rows: readonly SheetRow[], scale: number): Uint8Array {
  const columns = Math.max(...rows.map(({ images }) => images.length));
  const images = rows.flatMap((row) => [
    ...row.images,
    ...Array.from({ length: columns - row.images.length }, () => EMPTY),
  ]);
  return contactSheet(images, { columns, scale, gapGrey: 128 });
}

/** Fills up a row that is shorter than others. */
const EMPTY: SheetImage = {
  pixels: Uint8Array.of(128),
  widthPx: 1,
  heightPx: 1,
  channels: 1,
  bitDepth: 8,
};

function previewsOf(library: Library, run: Run): Preview[] {
  const previews = library.previews.list(run.id);
  if (previews.length > 0) return previews;
  throw new StudioError('not-found', `${run.name} has no previews yet.`, {
    remedy: 'Name another run with --run; "simgan runs" lists them.',
    details: { run: run.name },
  });
}

async function rowOf(library: Library, run: Run, preview: Preview, label: string): Promise<SheetRow> {
  const strip = await decodeImage(join(library.runFolder(run.id), preview.path), preview.path);
  const config = configOf(run);
  const count = sampleCount(library, run, config);
  const { widthPx, heightPx, channels, pixels } = strip;
  const cellPx = widthPx / count;
  // Patch maps are smaller than the images that they are of.
  const size = { widthPx: config.widthPx, heightPx: config.heightPx };
  const images = Array.from({ length: count }, (_, index): SheetImage => {
    const cell = new Uint8Array(size.widthPx * size.heightPx * channels);
    for (let y = 0; y < size.heightPx; y++) {
      const fromY = Math.floor((y * heightPx) / size.heightPx);
      for (let x = 0; x < size.widthPx; x++) {
        const fromX = index * cellPx + Math.floor((x * cellPx) / size.widthPx);
        for (let channel = 0; channel < channels; channel++) {
          cell[(y * size.widthPx + x) * channels + channel] =
            pixels[(fromY * widthPx + fromX) * channels + channel];
        }
      }
    }
    return { ...size, pixels: cell, channels: channels === 3 ? 3 : 1, bitDepth: 8 };
  });
  return { label, images };
}

/** The strip is as long as asked for, or as the pack. */
function sampleCount(library: Library, { syntheticPackId }: Run, { previewSamples }: TrainingConfig): number {
  const pack = syntheticPackId === null ? undefined : library.packs.imageIds(syntheticPackId);
  return Math.min(previewSamples, pack?.length ?? previewSamples);
}
