import type { ParsedInputOf } from '../../../contract/contract.ts';
import type { Library } from '../../../library/library.ts';
import type { RunOrder } from '../../jobs/run-job-inputs.ts';
import type { EngineWish } from '../../training/engine-wish.ts';
import { defaultPreprocessing } from '../../training/training-data.ts';
import type { TrainingRequest } from '../../training/training-run.ts';
import type { StudioContext } from '../context.ts';
import { datasetOf } from './lookup.ts';

type TrainingOrder = ParsedInputOf<'runs.start'>;

/** What a new run is made of, with everything that was left open filled in. */
export function requestOf(library: Library, order: TrainingOrder): TrainingRequest {
  const synthetic = datasetOf(library, order.syntheticDatasetId, 'synthetic');
  const real = datasetOf(library, order.realDatasetId, 'real');
  const { config, name } = order;
  const preprocessing = order.preprocessing ?? defaultPreprocessing(config, synthetic);
  return { config, synthetic, real, preprocessing, ...(name === null ? {} : { name }) };
}

/** The same as plain data, for a job. */
export function runOrderOf(library: Library, order: TrainingOrder): RunOrder {
  const { preprocessing } = requestOf(library, order);
  return { ...order, preprocessing };
}

/** As the queue writes it. */
export function wishOf({ engine, threads }: Pick<TrainingOrder, 'engine' | 'threads'>): EngineWish {
  return threads === null ? { engine } : { engine, threads };
}

/** What computes where nothing else is said: as in the settings. */
export function engineOfSettings(context: StudioContext): Pick<TrainingOrder, 'engine' | 'threads'> {
  const { engine, threads } = context.settings();
  return { engine, threads };
}
