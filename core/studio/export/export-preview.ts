import { createRandom } from '../../base/random.ts';
import type { Annotation } from '../../contract/annotation.ts';
import { describeLoss } from '../../datasets/exporters/label-formats.ts';
import type { Checkpoint } from '../../library/checkpoints.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import { decideExport, requireAllRefined, type ExportRequest, type ExportResult } from './export-run.ts';
import { preprocessingOf } from '../runs/runs.ts';

type PreviewRequest = Omit<ExportRequest, 'folder'>;

/** What an export would do. */
export interface ExportPreview extends Pick<ExportResult, 'heldBack'> {
  readonly images: number;
  readonly losses: string[];
  /** About, on the disk. */
  readonly bytes: number;
  /** A few that would leave, chosen at random: the same at every time for one draw. */
  readonly sampleIds: number[];
}

const SAMPLES = 24;

/** Bytes of an image's labels and its line in the manifest, about, for each format. */
const LABEL_BYTES = 600;

/** PNG makes pictures of eyes and hands smaller by about this. */
const PNG_SHARE = 0.7;

/** What would leave and what would stay. Throws as `exportRun` where not all images are refined. */
export function previewExport(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  request: PreviewRequest,
  draw = 0,
): ExportPreview {
  const imageIds = requireAllRefined(library, run, checkpoint);
  const heldBack = { overBudget: 0, unverified: 0, excluded: 0 };
  const kinds = new Set<Annotation['kind']>();
  const random = createRandom(1 + draw, 'export preview');
  const sampleIds: number[] = [];
  let images = 0;
  for (const { decision, image } of decideExport(library, run, checkpoint, imageIds, request)) {
    if (decision !== 'export') {
      heldBack[decision] += 1;
      continue;
    }
    images += 1;
    for (const { annotation } of image.annotations) kinds.add(annotation.kind);
    // Reservoir sampling (Vitter 1985, algorithm R).
    const slot = images <= SAMPLES ? images - 1 : random.integer(images);
    if (slot < SAMPLES) sampleIds[slot] = image.id;
  }
  const { widthPx, heightPx, channels, bitDepth } = preprocessingOf(library, run);
  const pictureBytes = (widthPx * heightPx * channels * bitDepth) / 8;
  return {
    images,
    heldBack,
    losses: describeLoss(request.formats, [...kinds]).map(({ message }) => message),
    bytes: Math.round(images * (pictureBytes * PNG_SHARE + LABEL_BYTES * (1 + request.formats.length))),
    sampleIds,
  };
}

/** The words by which the same export is made from a terminal, into a folder "export". */
export function exportCommandLine(
  library: Library,
  run: Run,
  checkpoint: Checkpoint,
  { formats, driftBudgetPx, includeUnverified }: PreviewRequest,
): string[] {
  return [
    ...['simgan', 'export', 'export', '--library', library.folder],
    ...['--run', run.name, '--step', String(checkpoint.step)],
    ...['--format', formats.join(',')],
    ...['--drift-budget', driftBudgetPx === undefined ? 'off' : String(driftBudgetPx)],
    ...(includeUnverified ? ['--include-unverified'] : []),
  ];
}
