import type { ImageBatch } from '../../../base/image-batch.ts';
import { StudioError } from '../../../base/studio-error.ts';
import type { Library } from '../../../library/library.ts';
import type { Run } from '../../../library/runs.ts';
import {
  signedHistoryPixels,
  type HistoryPixels,
  type HistorySegment,
} from '../../../simgan/history-buffer.ts';
import { readHistorySegment } from '../../../simgan/history-segments.ts';
import { readHistoryPixels, viewHistory } from '../../previews/history-view.ts';
import { mustGetRun, preprocessingOf } from '../../runs/runs.ts';

/** An image of the history buffer of a run as it was after a step. Throws StudioError 'not-found'. */
type HistoryPictures = (library: Library, run: Run, step: number, slot: number) => Promise<ImageBatch>;

interface Buffer {
  readonly size: Pick<ImageBatch, 'widthPx' | 'heightPx' | 'channels'>;
  readonly pictures: ReadonlyMap<number, HistoryPixels>;
}

/** Unpacked pixels that are kept: the buffer of the paper's eyes is 49 MB of them. */
const MOST_BYTES = 128e6;

/**
 * A window asks for the pictures of a buffer one by one, and then for those of the step beside: the buffer that was asked
 * for last is kept, and so are the parts that it was read from, which most of the steps around share.
 */
export function createHistoryPictures(): HistoryPictures {
  let kept: { readonly key: string; readonly buffer: Promise<Buffer> } | undefined;
  let segments = createSegmentCache('');

  return async (library, asked, step, slot) => {
    // A rewind makes the checkpoints after it anew.
    const run = `${library.folder}:${asked.id}:${library.checkpoints.latest(asked.id)?.createdAt ?? ''}`;
    if (segments.run !== run) segments = createSegmentCache(run);
    const key = `${run}:${step}`;
    if (kept?.key !== key) {
      const buffer = readBuffer(library, asked, step, segments.read);
      kept = { key, buffer };
      buffer.catch(() => {
        if (kept?.key === key) kept = undefined;
      });
    }
    const { size, pictures } = await kept.buffer;
    const pixels = pictures.get(slot);
    if (pixels) return { ...size, count: 1, images: signedHistoryPixels(pixels) };
    throw new StudioError('not-found', 'There is no such picture.', { remedy: 'Reload what shows it.' });
  };
}

async function readBuffer(
  library: Library,
  asked: Run,
  step: number,
  read: typeof readHistorySegment,
): Promise<Buffer> {
  const view = viewHistory(library, asked, step);
  const { widthPx, heightPx, channels } = preprocessingOf(library, mustGetRun(library, view.runId));
  const { pictures } = await readHistoryPixels(library, view, view.images, read);
  return { size: { widthPx, heightPx, channels }, pictures };
}

/** Reads parts of the buffer of a run and remembers them, as many as fit. */
function createSegmentCache(run: string): { readonly run: string; readonly read: typeof readHistorySegment } {
  const known = new Map<string, HistorySegment>();
  let bytes = 0;
  return {
    run,
    async read(runFolder, step) {
      const name = `${runFolder}:${step}`;
      const before = known.get(name);
      if (before) return before;
      const segment = await readHistorySegment(runFolder, step);
      if (bytes + segment.pixels.byteLength <= MOST_BYTES) {
        bytes += segment.pixels.byteLength;
        known.set(name, segment);
      }
      return segment;
    },
  };
}
