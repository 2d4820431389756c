import type { StudioEvent } from '../../../contract/events.ts';
import type { Job, JobKind } from '../jobs.ts';
import type { DataState } from './data-state.ts';

type Told = Extract<StudioEvent, { type: 'data' }>['what'];

/** What of the data may be another after a job. Whatever makes a pack may have found files missing. */
const CHANGED: Readonly<Partial<Record<JobKind, readonly Told[]>>> = {
  import: ['datasets', 'images'],
  simulate: ['datasets', 'images'],
  'sample-library': ['datasets', 'images'],
  'check-files': ['datasets', 'images'],
  train: ['datasets', 'images'],
  probe: ['datasets', 'images'],
  preflight: ['datasets', 'images'],
  evaluate: ['datasets', 'images'],
  health: ['health'],
  map: ['map'],
};

/** Tells everyone, when a job has ended, which lists are to be asked for again. */
export function tellOfData(
  { invalidate }: Pick<DataState, 'invalidate'>,
  publish: (event: StudioEvent) => void,
): (job: Job) => void {
  return ({ kind }) => {
    const changed = CHANGED[kind] ?? [];
    if (changed.includes('images')) invalidate();
    for (const what of changed) publish({ type: 'data', what });
  };
}
