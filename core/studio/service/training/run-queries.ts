import { StudioError } from '../../../base/studio-error.ts';
import type { Library } from '../../../library/library.ts';
import type { Preview } from '../../../library/previews.ts';
import type { Run } from '../../../library/runs.ts';
import { presets } from '../../../simgan/presets.ts';
import { narrateRun } from '../../runs/narration.ts';
import { PREVIEW_KINDS } from '../../previews/previews.ts';
import { FROM_THE_START } from '../../runs/run-origin.ts';
import { runOverview, runOverviews } from '../../runs/run-overview.ts';
import { stripOf } from '../../training/strip.ts';
import { defaultPreprocessing } from '../../training/training-data.ts';
import { quoteForShell, trainCommandLine } from '../../training/train-command-line.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { datasetOf, runOf } from './lookup.ts';
import { readOwnPresets, removeOwnPreset, saveOwnPreset } from './own-presets.ts';
import { requestOf } from './run-orders.ts';
import { configOf } from '../../runs/run-config.ts';

type RunQueries = Pick<
  HandlersOf<'runs'>['runs'],
  | 'list'
  | 'get'
  | 'presets'
  | 'savePreset'
  | 'removePreset'
  | 'preprocessing'
  | 'commandLine'
  | 'metrics'
  | 'events'
  | 'narration'
  | 'previews'
>;

export function runQueries(context: StudioContext): RunQueries {
  const onPresetNote = (text: string): void => context.log.add('warn', 'presets', text);
  return {
    list: () => runOverviews(context.library()),
    get({ id }) {
      const run = runOverview(context.library(), id);
      if (run) return run;
      throw new StudioError('not-found', 'There is no such run any more.', {
        remedy: 'It was removed; look at the list of runs.',
        details: { runId: id },
      });
    },
    presets: () => [
      ...presets.map((preset) => ({ ...preset, own: false })),
      ...readOwnPresets(context.stateFolder, onPresetNote).map((preset) => ({ ...preset, own: true })),
    ],
    async savePreset({ title, config }) {
      await saveOwnPreset(context.stateFolder, title, config, onPresetNote);
      return {};
    },
    async removePreset({ name }) {
      await removeOwnPreset(context.stateFolder, name, onPresetNote);
      return {};
    },
    preprocessing({ config, syntheticDatasetId }) {
      const library = context.library();
      return defaultPreprocessing(config, datasetOf(library, syntheticDatasetId, 'synthetic'));
    },
    commandLine(order) {
      const library = context.library();
      const { config, synthetic, real, preprocessing } = requestOf(library, order);
      const { name, engine, threads } = order;
      const words = trainCommandLine(library, {
        ...{ name, config, synthetic, real, preprocessing, engine, threads },
      });
      return { text: quoteForShell(words) };
    },
    metrics({ id, names, fromStep, toStep, maxPoints }) {
      const library = context.library();
      const { runMetrics } = library;
      const wanted = names ?? runMetrics.names(runOf(library, id).id);
      const series = runMetrics.manySeries(id, wanted, {
        ...(fromStep === null ? {} : { fromStep }),
        ...(toStep === null ? {} : { toStep }),
        maxPoints,
      });
      return series.map(({ bucketSteps, steps, min, mean, max, nonFinite }, index) => ({
        name: wanted[index],
        bucketSteps,
        steps: [...steps],
        min: min.map(asDrawn),
        mean: mean.map(asDrawn),
        max: max.map(asDrawn),
        nonFinite,
      }));
    },
    events({ id }) {
      const library = context.library();
      // Where a run comes from is on record before its first step, and is no event of it.
      return library.runEvents.list(runOf(library, id).id).filter(({ step }) => step > FROM_THE_START);
    },
    narration: ({ id }) => narrateRun(context.library(), runOf(context.library(), id)),
    previews: ({ id }) => previewsOf(context.library(), runOf(context.library(), id)),
  };
}

/**
 * A reading to the digits that single precision has, in which it was recorded: as a double it is twice as long. NaN and
 * infinities do not cross as JSON.
 */
function asDrawn(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(7)) : null;
}

function previewsOf(library: Library, run: Run) {
  const { widthPx, heightPx } = configOf(run);
  const imageIds = stripOf(library, run);
  const bySteps = Map.groupBy(library.previews.list(run.id), ({ step }) => step);
  const kindsOf = (previews: readonly Preview[]) =>
    PREVIEW_KINDS.filter((kind) => previews.some((preview) => preview.kind === kind));
  return {
    samples: imageIds.length,
    widthPx,
    heightPx,
    imageIds,
    steps: [...bySteps].map(([step, previews]) => ({ step, kinds: kindsOf(previews) })),
  };
}
