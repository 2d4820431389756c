import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ImageBatch } from '../../../base/image-batch.ts';
import { StudioError, systemCodeOf } from '../../../base/studio-error.ts';
import { encodePng } from '../../../datasets/pixels/decode.ts';
import type { Library } from '../../../library/library.ts';
import type { Run } from '../../../library/runs.ts';
import { curvesCsv } from '../../runs/curves-csv.ts';
import type { RunEvaluation } from '../../evaluation/evaluation-run.ts';
import { picturesOf } from '../../previews/previews.ts';
import { dialSettingOf } from '../../refine/realism-dial.ts';
import type { StudioContext } from '../context.ts';
import type { StudioResource } from '../studio.ts';
import { differencePicture } from './difference-picture.ts';
import { createHistoryPictures } from './history-pictures.ts';
import { checkpointOf, runOf } from './lookup.ts';
import type { RunImages } from './run-images.ts';

/** Answers addresses of pictures and documents of runs; undefined for those of others. Throws `StudioError`. */
export type RunResources = (url: URL) => Promise<StudioResource | undefined>;

/** A rewind may make another picture of the same address. */
const ASK_AGAIN = 0;

const querySchema = z.object({
  alpha: z.coerce.number().min(0).max(1.5).optional(),
  keepPupil: z.enum(['0', '1']).optional(),
  gain: z.coerce.number().min(0.1).max(64).optional(),
});

export function createRunResources(context: StudioContext, images: RunImages): RunResources {
  const historyPicture = createHistoryPictures();

  const runPicture = async (
    runId: number,
    [kind, ...rest]: readonly string[],
    url: URL,
  ): Promise<StudioResource | undefined> => {
    const library = context.library();
    if (kind === 'prepared' && rest.length === 1) {
      return picture(await images.prepared(library, runOf(library, runId), whole(rest[0])));
    }
    if (rest.length !== 2) return undefined;
    const [step, name] = [whole(rest[0]), rest[1]];
    switch (kind) {
      case 'previews':
        return await previewOf(library, runOf(library, runId), step, name);
      case 'refined':
        return await refinedOf(library, runId, step, whole(name), url);
      case 'difference':
        return await differenceOf(library, runId, step, whole(name), url);
      case 'history':
        return picture(await historyPicture(library, runOf(library, runId), step, whole(name)));
      default:
        return undefined;
    }
  };

  const refinedOf = async (library: Library, runId: number, step: number, imageId: number, url: URL) => {
    const { run, checkpoint } = checkpointOf(library, runId, step);
    const { alpha = 1, keepPupil } = parseQuery(url);
    const dial = { alpha, keepPupil: keepPupil === '1' };
    return picture(await images.dialled(library, run, checkpoint, imageId, dial));
  };

  const differenceOf = async (library: Library, runId: number, step: number, imageId: number, url: URL) => {
    const { run, checkpoint } = checkpointOf(library, runId, step);
    const synthetic = await images.synthetic(library, run, imageId);
    const refined = await images.refined(library, run, checkpoint, imageId);
    const { widthPx, heightPx } = synthetic;
    const pixels = differencePicture(synthetic, refined, parseQuery(url).gain ?? 1);
    return png(encodePng({ pixels, widthPx, heightPx, channels: 3 }));
  };

  const turingPicture = async (session: number, trial: number) => {
    const library = context.library();
    const test = library.turing.get(session);
    const shown = library.turing.trial(session, trial);
    if (!test || shown?.imageId === null || shown === undefined) throw notThere();
    const { run, checkpoint } = checkpointOf(library, test.runId, test.step);
    if (shown.shown === 'real') return picture(await images.prepared(library, run, shown.imageId));
    if (shown.shown === 'synthetic') return picture(await images.synthetic(library, run, shown.imageId));
    const dial = dialSettingOf(library, run.id, test.step);
    return picture(await images.dialled(library, run, checkpoint, shown.imageId, dial));
  };

  const report = async (runId: number, name: string): Promise<StudioResource | undefined> => {
    const library = context.library();
    if (name === 'curves.csv') {
      const body = await curvesCsv(library, runOf(library, runId));
      return { status: 200, type: 'text/csv; charset=utf-8', body, maxAgeSeconds: ASK_AGAIN };
    }
    const match = /^(-?\d{1,10})\.html$/.exec(name);
    if (!match) return undefined;
    const { run, checkpoint } = checkpointOf(library, runId, Number(match[1]));
    const evaluation = library.evaluations.latest(runId, 'full', checkpoint.step);
    if (!evaluation) {
      throw new StudioError('not-found', `Step ${checkpoint.step} of ${run.name} was not evaluated.`, {
        remedy: 'Measure it first.',
      });
    }
    // What it is made of holds TensorFlow.js.
    const { renderRunReport } = await import('../../runs/run-report.ts');
    const html = await renderRunReport(library, run, checkpoint, evaluation.result as RunEvaluation);
    const type = 'text/html; charset=utf-8';
    return { status: 200, type, body: Buffer.from(html), maxAgeSeconds: ASK_AGAIN };
  };

  return async (url) => {
    const [, domain, kind, first, ...rest] = url.pathname.split('/');
    if (domain === 'reports' && first !== undefined && rest.length === 0) return report(whole(kind), first);
    if (domain !== 'pictures' || first === undefined) return undefined;
    if (kind === 'runs') return runPicture(whole(first), rest, url);
    if (kind === 'turing' && rest.length === 1) return turingPicture(whole(first), whole(rest[0]));
    return undefined;
  };
}

async function previewOf(
  library: Library,
  run: Run,
  step: number,
  kind: string,
): Promise<StudioResource | undefined> {
  const preview = library.previews.list(run.id, kind).find((one) => one.step === step);
  if (!preview) throw notThere();
  try {
    return png(await readFile(join(library.runFolder(run.id), preview.path)));
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    throw notThere();
  }
}

/** One image as a PNG of 8 bit. */
function picture({ images, widthPx, heightPx, channels }: ImageBatch): StudioResource {
  const [image] = picturesOf(images, { widthPx, heightPx, channels: channels === 3 ? 3 : 1 });
  return png(encodePng(image));
}

function png(body: Uint8Array): StudioResource {
  return { status: 200, type: 'image/png', body, maxAgeSeconds: ASK_AGAIN };
}

function parseQuery(url: URL): z.output<typeof querySchema> {
  const parsed = querySchema.safeParse(Object.fromEntries(url.searchParams));
  if (parsed.success) return parsed.data;
  throw new StudioError(
    'bad-usage',
    `The address of this picture is not right: ${z.prettifyError(parsed.error)}`,
    {
      remedy: 'Window and studio are of different versions: reload the window.',
      cause: parsed.error,
    },
  );
}

/** Steps of pre-training are below 0. */
function whole(text: string): number {
  if (/^-?\d{1,10}$/.test(text)) return Number(text);
  throw notThere();
}

function notThere(): StudioError {
  return new StudioError('not-found', 'There is no such picture.', { remedy: 'Reload what shows it.' });
}
