import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { checkpointHandlers } from './checkpoint-handlers.ts';
import { engineHandlers } from './engine-handlers.ts';
import { evaluateHandlers } from './evaluate-handlers.ts';
import { exportHandlers } from './export-handlers.ts';
import { historyHandlers } from './history-handlers.ts';
import { createInspectionNetworks } from './inspection-networks.ts';
import { inspectHandlers } from './inspect-handlers.ts';
import { createNearestReals } from './nearest-reals.ts';
import { createPackPlaces } from './pack-places.ts';
import { recordProofs } from './record-proofs.ts';
import { refineHandlers } from './refine-handlers.ts';
import { runHandlers } from './run-handlers.ts';
import { createRunImages } from './run-images.ts';
import { createRunResources, type RunResources } from './run-resources.ts';
import { tellOfResults } from './tell-of-results.ts';
import { turingHandlers } from './turing-handlers.ts';

type TrainingDomain =
  'runs' | 'checkpoints' | 'history' | 'refine' | 'inspect' | 'evaluate' | 'turing' | 'export' | 'engines';

/** All that has to do with training and what came of it: its operations, and its pictures and documents. */
export interface Training {
  readonly handlers: HandlersOf<TrainingDomain>;
  readonly resource: RunResources;
}

export function createTraining(context: StudioContext): Training {
  tellOfResults(context);
  recordProofs(context);
  const placeOf = createPackPlaces();
  const networks = createInspectionNetworks();
  const images = createRunImages(placeOf, networks);
  return {
    handlers: {
      ...runHandlers(context),
      ...checkpointHandlers(context),
      ...historyHandlers(context),
      ...refineHandlers(context, placeOf),
      ...inspectHandlers(context, images, networks, createNearestReals()),
      ...evaluateHandlers(context),
      ...turingHandlers(context),
      ...exportHandlers(context),
      ...engineHandlers(context),
    },
    resource: createRunResources(context, images),
  };
}
